package io.longcat4j.model;

import io.longcat4j.cache.PagedCache;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Integers;
import io.longcat4j.compute.Repeated;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands in order, and holds between them what they refer to: the hidden states of the last
 * pass and the plan of its rows. Results are asked for after a command and come from the backend at
 * once for all rows, as those of all layers do; who does not ask waits for nothing.
 *
 * <p>The first of several ranks gives the others every command that they take part in. A command
 * that fails while it is computed fails on all ranks, for good.
 *
 * <p>Used by the thread that runs the model. Owns its scratch, not the model, its heads nor the
 * cache; closed before them.
 */
public final class ModelRunner implements AutoCloseable {
  private final LanguageModel model;
  private final @Nullable SpeechHeads heads;
  private final LatentCache cache;
  private final PassLimits limits;
  private final PassPlan plan;
  private final Repeated forward;
  private final Runnable layers;

  /** Of the pass that is being queued. */
  private int rows;

  private final RowViews x;
  private final HeadRows text;
  private final HeadRows audio;
  private final HeadRows.Head textHead;
  private final Integers counts;
  private final AttentionMeter meter;
  private boolean measures;
  private int[] picks = {};
  private boolean picksRead;

  /** The last pass, or null where its hidden states are not there any more. */
  private @Nullable Pass pass;

  private boolean drafted;
  private int nextHead;

  /**
   * Allocates for the largest pass, on all ranks. Of a model on several ranks, the newest runner
   * alone can be used.
   *
   * @param model computes
   * @param heads speak, or null for text alone
   * @param cache of all sequences
   * @param headRows most rows that heads see in a pass, at most {@link LanguageModel#MAX_ROWS}
   */
  public ModelRunner(
      LanguageModel model, @Nullable SpeechHeads heads, LatentCache cache, int headRows) {
    ComputeBackend backend = model.backend();
    int vocabulary = model.config().vocabSize();
    int hidden = model.config().hiddenSize();
    int audioHeads = heads == null ? 0 : heads.count();
    int audioVocabulary = heads == null ? 1 : heads.vocabSize();
    this.model = model;
    this.heads = heads;
    this.cache = cache;
    this.limits =
        new PassLimits(
            model.mostRows(),
            headRows,
            cache.pages(),
            vocabulary,
            audioHeads,
            audioVocabulary,
            hidden,
            cache.indexing());
    this.plan = new PassPlan(backend, PagedCache.PAGE_POSITIONS, cache.pages());
    this.forward = model.stream().repeated();
    this.layers = this::queueLayers;
    this.x = new RowViews(backend, model.mostRows(), hidden);
    this.textHead = model::head;
    this.text = new HeadRows(model, headRows, vocabulary);
    int blocks = LanguageModel.cacheBlocks(model.config(), model.drafts());
    this.meter = new AttentionMeter(backend, model.mostRows(), blocks);
    this.counts = backend.allocateIntegers(3 * model.mostRows());
    this.audio = new HeadRows(model, headRows, audioVocabulary);
    model.lead(
        this,
        new CacheShape(
            cache.pages(), cache.format(), cache.indexing(), headRows, backend.arithmetic()));
  }

  /**
   * What commands have to keep to.
   *
   * @return the limits of this runner
   */
  public PassLimits limits() {
    return limits;
  }

  /**
   * Whether {@link Draft} is understood.
   *
   * @return as asked for when the model was loaded
   */
  public boolean drafts() {
    return model.drafts();
  }

  /**
   * Experts that compute something; ids from here on are zero experts.
   *
   * @return at least 0
   */
  public int realExperts() {
    return model.config().nRoutedExperts();
  }

  /**
   * Runs a command after those before it.
   *
   * @param command what to do
   * @throws MalformedCommandException if this model cannot; nothing has been computed then
   */
  public void run(Command command) {
    if (command instanceof Pass next) {
      run(next, null);
    } else if (command instanceof Draft draft) {
      run(draft);
    } else if (command instanceof AudioHead head) {
      run(head);
    }
  }

  /**
   * Runs a pass under somebody's eyes, for verification.
   *
   * @param next what to do
   * @param listener hears of every layer, or null
   * @throws MalformedCommandException if this model cannot; nothing has been computed then
   */
  public void run(Pass next, LanguageModel.@Nullable LayerListener listener) {
    limits.check(next);
    model.tellOthers(this, next);
    try {
      compute(next, listener);
    } catch (RuntimeException | Error e) {
      // The others wait for this rank's part.
      model.ranks().abort(e);
      throw e;
    }
  }

  private void compute(Pass next, LanguageModel.@Nullable LayerListener listener) {
    pass = null;
    text.clear();
    audio.clear();
    Stream stream = model.stream();
    for (int i = 0; i < next.copies().size(); i++) {
      cache.copy(stream, next.copies().get(i));
    }
    plan.fill(stream, next.spans());
    rows = next.rows();
    Tensor input = x.first(rows);
    feed(stream, next, input);
    boolean measured = measures;
    measures = false;
    meter.clear();
    plan.measure(measured ? meter : null);
    if (listener == null && model.isAlone() && !measured) {
      forward.run(plan.any(), layers);
    } else {
      model.forward(input, plan, cache, listener);
    }
    pass = next;
    drafted = false;
    nextHead = 0;
    picksRead = false;
    if (model.isOnFirstRank()) {
      model.countPicks(next.rows(), counts);
    }
    text.apply(next.textRows(), x, textHead);
  }

  private void queueLayers() {
    model.forward(x.first(rows), plan, cache, null);
  }

  private void feed(Stream stream, Pass next, Tensor input) {
    stream.zero(input);
    model.addEmbeddings(next.textIds(), input);
    for (int i = 0; i < next.encodedRows().size(); i++) {
      EncodedRows rows = next.encodedRows().get(i);
      stream.write(rows.values(), x.rows(rows.firstRow(), rows.values().rows()));
    }
    for (int head = 0; head < next.audioIds().length; head++) {
      Objects.requireNonNull(heads).addInputs(head, next.audioIds()[head], input);
    }
  }

  private void run(Draft draft) {
    Pass last = lastPass("a draft");
    if (!model.drafts()) {
      throw PassLimits.refused("a draft, but it was loaded without multi-token prediction");
    }
    limits.check(draft, last);
    model.tellOthers(this, draft);
    drafted = true;
    try {
      model.draft(x.first(last.rows()), draft.nextIds(), plan, cache);
      text.apply(draft.textRows(), x, textHead);
    } catch (RuntimeException | Error e) {
      model.ranks().abort(e);
      throw e;
    }
  }

  private void run(AudioHead command) {
    Pass last = lastPass("an audio head");
    limits.check(command, last, nextHead);
    if (!model.isOnFirstRank()) {
      throw PassLimits.refused("an audio head, but rank 0 alone has them");
    }
    SpeechHeads speech = Objects.requireNonNull(heads);
    int head = command.head();
    if (head == 0) {
      audio.gather(last.audioRows(), x);
    } else {
      speech.addChosen(head - 1, command.chosen(), audio.hidden());
    }
    audio.apply((hidden, logits) -> speech.logits(head, hidden, logits));
    nextHead = head + 1;
  }

  private Pass lastPass(String what) {
    if (pass == null || drafted) {
      throw PassLimits.refused(what + ", but it does not follow a pass");
    }
    return pass;
  }

  /** Has the next pass measure how precisely its rows choose positions, which takes long. */
  public void measureNext() {
    measures = true;
  }

  /**
   * How precisely an attention block chose positions in the last pass.
   *
   * @param block two for each layer, from 0
   * @param row of the pass
   * @return three numbers for each head of this rank, see {@link Stream#measureAttention}; null
   *     where the block was not measured
   */
  public float @Nullable [] attentionFigures(int block, int row) {
    return meter.of(block, row);
  }

  /**
   * The text head's logits after the last pass or draft.
   *
   * @param index of the row in {@link Pass#textRows} or {@link Draft#textRows}
   * @param into receives one number for each entry of the vocabulary
   */
  public void textLogits(int index, float[] into) {
    text.read(index, into);
  }

  /**
   * Where the largest of the text head's logits is, after the last pass or draft: a few bytes come
   * from a device instead of all logits.
   *
   * @param index of the row in {@link Pass#textRows} or {@link Draft#textRows}
   * @return the id, of equal ones the lowest, or {@code -1 - id} of the first that is not a number
   */
  public int largestText(int index) {
    return text.largest(index);
  }

  /**
   * An audio head's logits, after its command.
   *
   * @param index of the row in {@link Pass#audioRows}
   * @param into receives one number for each entry of the audio vocabulary
   */
  public void audioLogits(int index, float[] into) {
    audio.read(index, into);
  }

  /**
   * The experts that were picked in the last pass.
   *
   * @return ids by layer, row of the pass and pick, {@link #picksPerRow} of each row, best first;
   *     valid until the next pass, not to be changed, and maybe longer
   */
  public int[] picks() {
    int count = layers() * plan.rows();
    if (!picksRead) {
      if (picks.length < count * picksPerRow()) {
        picks = new int[count * picksPerRow()];
      }
      model.readPicks(count, picks);
      picksRead = true;
    }
    return picks;
  }

  /**
   * How many real experts a row of the last pass had in all layers together. Asked of rank 0.
   *
   * @param row of the pass
   * @return at least 0
   */
  public int realExpertsOf(int row) {
    return counts.get(3 * row);
  }

  /**
   * How many real experts a row of the last pass had in the layer where it had the fewest.
   *
   * @param row of the pass
   * @return at least 0
   */
  public int fewestExpertsOf(int row) {
    return counts.get(3 * row + 1);
  }

  /**
   * How many real experts a row of the last pass had in the layer where it had the most.
   *
   * @param row of the pass
   * @return at least 0
   */
  public int mostExpertsOf(int row) {
    return counts.get(3 * row + 2);
  }

  /**
   * Layers that pick experts.
   *
   * @return at least 1
   */
  public int layers() {
    return model.config().numLayers();
  }

  /**
   * Experts that each row picks in a layer.
   *
   * @return at least 1
   */
  public int picksPerRow() {
    return model.config().moeTopk();
  }

  /**
   * The hidden states of the last pass, or what a draft made of them; for verification.
   *
   * @param into receives {@code rows * hidden} numbers
   */
  public void hidden(float[] into) {
    model.stream().read(x.first(plan.rows()), into, 0);
  }

  /** Waits for everything that was run; for measurements. */
  public void synchronise() {
    model.stream().synchronise();
  }

  @Override
  public void close() {
    forward.close();
    counts.close();
    meter.close();
    plan.close();
    x.close();
    text.close();
    audio.close();
  }
}
