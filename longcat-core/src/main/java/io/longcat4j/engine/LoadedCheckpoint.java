package io.longcat4j.engine;

import io.longcat4j.EngineListener;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.LoadingProgress.Phase;
import io.longcat4j.Scheduling;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Choice;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.json.JsonConstraints;
import io.longcat4j.model.CacheIndexing;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.prompt.PromptEncoder;
import io.longcat4j.schedule.GapControl;
import io.longcat4j.schedule.Limits;
import io.longcat4j.schedule.Scheduler;
import io.longcat4j.schedule.SchedulerThread;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.stream.ReplyFigures;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything an engine holds open, closed in the opposite order. */
final class LoadedCheckpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoadedCheckpoint.class);

  /** Threads that choose ids: each takes a request, so that more would seldom help. */
  private static final int MOST_CHOOSING = 8;

  private final EngineOptions options;
  private final Checkpoint checkpoint;
  private final Tokenizer tokenizer;
  private final PromptEncoder prompts;
  private final JsonConstraints json;
  private final Placement placement;
  private final DeviceBudget budget;
  private final RankTeam team;
  private final LanguageModel model;
  private final Modalities modalities;
  private final PagedCache cache;
  private final SchedulerThread scheduling;
  private final Inside inside = new Inside();
  private final Notice notice;
  private final Deque<AutoCloseable> owned;
  private final List<String> warnings = new CopyOnWriteArrayList<>();

  private LoadedCheckpoint(
      EngineOptions options, BackendSelection backends, Deque<AutoCloseable> owned) {
    this.options = options;
    this.owned = owned;
    LoadingListener listener = options.listener();
    report(listener, Phase.CONFIGURATION, "config.json");
    this.checkpoint = Checkpoint.open(options.model());
    checkpoint.warnings().forEach(this::warn);
    report(listener, Phase.CONFIGURATION, "tokenizer.json");
    this.tokenizer = Tokenizer.open(options.model());
    this.prompts = new PromptEncoder(tokenizer, isOmni(checkpoint));
    this.json = constraints(tokenizer, checkpoint.endOfText().ids(), prompts.tokens().controlIds());
    this.placement = Planning.placement(options, checkpoint);
    this.budget = Planning.budget(options, checkpoint, backends);
    this.team = RankTeam.join(options, checkpoint, placement, budget);
    owned.push(team);
    RankLoader loader = new RankLoader(options, checkpoint, backends, placement, budget);
    team.start(loader::loadElsewhere);
    RankLoader.Loaded loaded = loader.loadHere(team.own(), listener, this::warn);
    owned.push(loaded.part());
    this.notice = new Notice(loaded.fallback());
    this.model = loaded.part().model();
    this.modalities = loader.senses(team.own(), listener, this::warn);
    owned.push(modalities);
    requireAttention();
    LatentCache latents =
        model.allocateCache(
            cachePositions(), Planning.cacheFormat(options), CacheIndexing.of(attention()));
    owned.push(latents);
    this.cache = latents.openAccounts();
    owned.push(cache);
    Limits limits = Planning.limits(options);
    ModelRunner runner =
        new ModelRunner(model, loaded.part().heads(), latents, limits.headRows(model.drafts()));
    owned.push(runner);
    // Nothing that the thread holds may hold this: it ends when nobody else does.
    Inside own = inside;
    this.scheduling =
        SchedulerThread.start(
            scheduler(runner, limits), task -> own.ownThread(() -> loader.runHere(task)));
    owned.push(scheduling);
    report(listener, Phase.READY, "");
  }

  /** Fails where the backend has no such attention, or the model no such block. */
  private void requireAttention() {
    model
        .backend()
        .refusal(attention())
        .ifPresent(
            why -> {
              throw new InvalidRequestException(
                  "Attention "
                      + options.attention()
                      + " is not to be had here: "
                      + why
                      + "; choose another attention, or another backend");
            });
    boolean together =
        options.attention().sharedByHeads() || attention().choice() == Choice.COLUMNS;
    if (together && placement.ranks() > 1) {
      throw new InvalidRequestException(
          "Attention "
              + options.attention()
              + " looks at all heads together, but the heads lie on "
              + placement.ranks()
              + " ranks; choose int8 or pages for each head, or use one rank");
    }
    int blocks = LanguageModel.cacheBlocks(config(), /* drafts= */ false);
    for (int block : options.attention().blocks()) {
      if (block >= blocks) {
        throw new InvalidRequestException(
            "Attention "
                + options.attention()
                + " is for block "
                + block
                + ", but the model has "
                + blocks
                + ", counted from 0");
      }
    }
  }

  private int cachePositions() {
    return budget.isEmpty()
        ? Planning.cachePositions(options, checkpoint)
        : budget.cachePositions();
  }

  /** Once in the log, and for as long as the engine lives in its description. */
  private void warn(String warning) {
    LOG.warn("{}", warning);
    warnings.add(warning);
  }

  private Scheduler scheduler(ModelRunner runner, Limits limits) {
    Scheduling wanted = options.scheduling();
    Scheduler made =
        new Scheduler(
            runner,
            attention(),
            cache,
            limits,
            new GapControl(wanted.prefillChunk(), wanted.maxGap()),
            System::nanoTime,
            Math.min(MOST_CHOOSING, threads()));
    made.measureAttention(options.attention().measureEvery());
    return made;
  }

  private long weightBytes() {
    return LanguageModel.weightBytes(checkpoint.weights(), model.drafts());
  }

  static LoadedCheckpoint load(EngineOptions options, BackendSelection backends) {
    Deque<AutoCloseable> owned = new ArrayDeque<>();
    try {
      return new LoadedCheckpoint(options, backends, owned);
    } catch (RuntimeException | Error e) {
      for (AutoCloseable part : owned) {
        if (part instanceof RankTeam team) {
          team.abort(e);
        }
      }
      closeAll(owned);
      throw e;
    }
  }

  /** The first id ends a document; the others would end it anywhere, so none of them is text. */
  private static JsonConstraints constraints(Tokenizer tokenizer, int[] ends, int[] control) {
    int[] notText = IntStream.concat(Arrays.stream(ends), Arrays.stream(control)).toArray();
    return new JsonConstraints(tokenizer, ends[0], notText);
  }

  private static boolean isOmni(Checkpoint checkpoint) {
    return checkpoint.hasVision() || checkpoint.hasAudio() || checkpoint.hasSpeechHeads();
  }

  private static void report(LoadingListener listener, Phase phase, String file) {
    LoadingProgress progress = new LoadingProgress(phase, file, 0, 0);
    listener.onProgress(progress);
    if (progress.isAborted()) {
      throw new LoadingAbortedException("Loading was aborted by its listener at " + file);
    }
  }

  /** Whether a thread may wait for this engine. */
  Inside inside() {
    return inside;
  }

  /** What the first reply shall say. */
  Notice notice() {
    return notice;
  }

  ModelConfig config() {
    return checkpoint.model();
  }

  /** Begins to count what a reply costs. */
  ReplyFigures figures() {
    return new ReplyFigures(System::nanoTime, team::figures);
  }

  EngineListener listener() {
    return options.engineListener();
  }

  EndOfText endOfText() {
    return checkpoint.endOfText();
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  PromptEncoder prompts() {
    return prompts;
  }

  JsonConstraints json() {
    return json;
  }

  LanguageModel model() {
    return model;
  }

  Scheduler scheduler() {
    return scheduling.scheduler();
  }

  /** Ends all running requests with an error; idempotent. */
  void stop() {
    scheduling.close();
  }

  Modalities modalities() {
    return modalities;
  }

  /** Worker threads, as asked for or one for each processor. */
  int threads() {
    return options.threads().countHere();
  }

  /** What the heads of generated tokens look at. */
  AttentionPolicy attention() {
    return AttentionPolicy.of(options.attention());
  }

  /** Upper bound of the positions of one request. */
  int contextLength() {
    int cached =
        (int) Math.min(Integer.MAX_VALUE, (long) cache.pages() * PagedCache.PAGE_POSITIONS);
    return Math.min(Planning.contextLength(options, config()), cached);
  }

  String describe() {
    ModelConfig config = config();
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "model: %s, %d layers, %d + %d experts, %d positions, %.1f MB of weights",
            checkpoint.directory(),
            config.numLayers(),
            config.nRoutedExperts(),
            config.zeroExpertNum(),
            contextLength(),
            weightBytes() / 1e6));
    lines.add("language model: " + model.backend().describe());
    lines.addAll(team.describe(placement, options.parallel()));
    notice.text().ifPresent(text -> lines.add("note: " + text));
    lines.add(
        String.format(
            Locale.ROOT,
            "cache: %d pages of %d positions in %s, %.1f MB",
            cache.pages(),
            PagedCache.PAGE_POSITIONS,
            Planning.cacheFormat(options),
            cache.pages() * cache.pageBytes() / 1e6));
    if (!options.attention().isDense()) {
      lines.add("attention: " + AttentionCost.describe(options, config));
    }
    lines.add("weights: " + model.backend().describeWeights());
    budget.devices().forEach(device -> lines.add("  " + device.describe()));
    if (model.drafts()) {
      lines.add("speculative decoding: one token by multi-token prediction");
    }
    lines.addAll(modalities.describe());
    if (!warnings.isEmpty()) {
      lines.add("warnings: " + String.join(" | ", warnings));
    }
    return String.join(System.lineSeparator(), lines);
  }

  @Override
  public void close() {
    closeAll(owned);
  }

  private static void closeAll(Deque<AutoCloseable> owned) {
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        LOG.warn("A part of the engine could not be closed", e);
      }
    }
  }
}
