package io.longcat4j.benchmarks;

import io.longcat4j.Generation;
import io.longcat4j.LoadingListener;
import io.longcat4j.LongCatException;
import io.longcat4j.Scheduling;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Sharing;
import io.longcat4j.prompt.ReplyText;
import io.longcat4j.prompt.TextDeltas;
import io.longcat4j.schedule.GapControl;
import io.longcat4j.schedule.Limits;
import io.longcat4j.schedule.Outcome;
import io.longcat4j.schedule.Scheduler;
import io.longcat4j.schedule.Sink;
import io.longcat4j.schedule.Submission;
import io.longcat4j.stream.Outbox;
import io.longcat4j.stream.ReplyFigures;
import io.longcat4j.stream.ReplyWriter;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What a step of the scheduler takes beside the operations of the backend: everything on the
 * scheduler's thread, from the plan of the pass over the model's own code and the choice of ids to
 * the words in the reader's outbox. The parts are the engine's; this thread drives them.
 */
final class StepBench {
  private static final int PROMPT = 16;
  private static final int WARM_UP = 8;

  /**
   * Steps of one row of each request.
   *
   * @param rows of a step
   * @param seconds of each step
   * @param shares of each step that were outside the operations
   * @param choosing seconds that the choice of one id takes by itself
   */
  record Steps(int rows, Sample seconds, Sample shares, Sample choosing) {
    double outsideSeconds() {
      return shares.median() * seconds.median();
    }
  }

  private final ServingBench.Options options;
  private final SplittableRandom random = new SplittableRandom(1);

  StepBench(ServingBench.Options options) {
    this.options = options;
  }

  Steps run(int rows, int steps) {
    Checkpoint checkpoint = Checkpoint.open(options.checkpoint());
    OperationClock clock = new OperationClock();
    int positions = rows * (PROMPT + WARM_UP + rows + steps + 2 * PagedCache.PAGE_POSITIONS);
    try (ComputeBackend backend =
            BackendSelection.onClassPath().open(options.backend(), options.threads());
        LanguageModel model =
            LanguageModel.load(
                checkpoint.model(),
                checkpoint.weights(),
                clock.wrap(backend),
                Sharing.none(),
                LoadingListener.silent());
        LatentCache latents = model.allocateCache(positions);
        ModelRunner runner = new ModelRunner(model, null, latents, rows);
        PagedCache cache = latents.openAccounts();
        Scheduler scheduler = scheduler(runner, cache, rows)) {
      Tokenizer tokenizer = Tokenizer.open(options.checkpoint());
      for (int i = 0; i < rows; i++) {
        submit(scheduler, model, tokenizer, WARM_UP + rows + steps + 1);
      }
      for (int i = 0; i < WARM_UP + rows; i++) {
        scheduler.runOneStep();
      }
      return measure(scheduler, clock, model, rows, steps);
    }
  }

  private static Scheduler scheduler(ModelRunner runner, PagedCache cache, int rows) {
    Scheduling defaults = Scheduling.defaults();
    return new Scheduler(
        runner,
        AttentionPolicy.dense(),
        cache,
        new Limits(rows, rows),
        new GapControl(defaults.prefillChunk(), defaults.maxGap()),
        System::nanoTime);
  }

  private Steps measure(
      Scheduler scheduler, OperationClock clock, LanguageModel model, int rows, int steps) {
    Sampler sampler = new Sampler(Generation.text());
    float[] logits = new float[model.config().vocabSize()];
    double[] seconds = new double[steps];
    double[] shares = new double[steps];
    double[] choosing = new double[steps];
    for (int i = 0; i < steps; i++) {
      clock.reset();
      long start = System.nanoTime();
      scheduler.runOneStep();
      seconds[i] = secondsSince(start);
      double operations = clock.seconds().values().stream().mapToDouble(part -> part).sum();
      shares[i] = 1 - operations / seconds[i];
      fill(logits);
      long before = System.nanoTime();
      sampler.sample(logits);
      choosing[i] = secondsSince(before);
    }
    return new Steps(rows, new Sample(seconds), new Sample(shares), new Sample(choosing));
  }

  private void fill(float[] logits) {
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextDouble(-1, 1);
    }
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private void submit(
      Scheduler scheduler, LanguageModel model, Tokenizer tokenizer, int newTokens) {
    PromptRows prompt = PromptRows.of(random.ints(PROMPT, 0, model.config().vocabSize()).toArray());
    ReplyWriter writer =
        ReplyWriter.builder(
                new Outbox(),
                new TextDeltas(ReplyText.verbatim(tokenizer, /* eos= */ 0), List.of()),
                new ReplyFigures(System::nanoTime, List::of))
            .build();
    TextDecoding decoding =
        new TextDecoding(new Sampler(Generation.text()), writer, EndOfText.never(), newTokens);
    var unused =
        scheduler.submit(
            new Submission(
                prompt, decoding, newTokens, 0, Optional.empty(), new WriterSink(writer)));
  }

  /** Hands steps on to a writer, as the engine does. */
  private record WriterSink(ReplyWriter writer) implements Sink {
    @Override
    public boolean ready() {
      return writer.isReady();
    }

    @Override
    public void onText(int id) {
      writer.onText(id);
    }

    @Override
    public void onDone(Outcome outcome) {
      throw new IllegalStateException("ended too early: " + outcome.finishReason());
    }

    @Override
    public void onFailed(LongCatException reason) {
      writer.onFailed(reason);
    }
  }
}
