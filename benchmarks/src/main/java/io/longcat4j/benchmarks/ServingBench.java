package io.longcat4j.benchmarks;

import io.longcat4j.Backend;
import io.longcat4j.Conversation;
import io.longcat4j.EngineListener;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.Statistics;
import io.longcat4j.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Measures what people who share one model notice: how much more many replies get done than one,
 * how soon a conversation goes on, how evenly words come while a long prompt joins, how soon a
 * closed reply gives its place back, and what scheduling costs. Immutable; one run at a time, or
 * they disturb each other.
 */
public final class ServingBench {
  private static final int QUESTION = 16;
  private static final int SHORT_REPLY = 8;
  private static final int WARM_UP = 8;

  /**
   * What to measure.
   *
   * @param checkpoint its directory, with a tokenizer
   * @param replies that run at once
   * @param tokens of each of them, and of the reply that a prompt joins before it does
   * @param prompt tokens of the long prompt
   * @param rounds of each measurement, after one that warms up
   * @param batch rows of the steps whose cost is measured
   * @param steps of that batch
   * @param vocoder how the codec decoder is measured
   * @param backend that computes
   * @param threads worker threads, or empty for one a core
   */
  public record Options(
      Path checkpoint,
      int replies,
      int tokens,
      int prompt,
      int rounds,
      int batch,
      int steps,
      VocoderBench.Options vocoder,
      Backend backend,
      OptionalInt threads) {
    /** Every number is at least 1; gaps need 2 tokens. */
    public Options {
      if (replies < 2 || tokens < 2 || prompt < 1 || rounds < 1 || batch < 1 || steps < 1) {
        throw new InvalidRequestException(
            ("%d replies of %d tokens, prompts of %d, %d rounds, %d steps of %d rows cannot be"
                    + " measured; pass at least 1 of each, and 2 replies and tokens")
                .formatted(replies, tokens, prompt, rounds, steps, batch));
      }
    }

    int workers() {
      return threads.orElse(Runtime.getRuntime().availableProcessors());
    }
  }

  /** Tokens a second, in one round. */
  record Throughput(double one, double many) {
    double ratio() {
      return many / one;
    }
  }

  /** Two turns of a conversation. */
  record Turns(Statistics first, Statistics second) {
    double ratio() {
      return seconds(second) / seconds(first);
    }

    static double seconds(Statistics statistics) {
      return statistics.timeToFirstToken().toNanos() / 1e9;
    }
  }

  /** Gaps of a running reply before a prompt joined and while it did, and how long that took. */
  record Joining(Sample alone, Sample during, double seconds) {
    double overAlone() {
      return during.percentile(0.99) / alone.percentile(0.5);
    }

    double overDuring() {
      return during.percentile(0.99) / during.percentile(0.5);
    }
  }

  /** From the close of a reply until its pages were nobody's, and steps that ended meanwhile. */
  record Closing(double seconds, int steps) {}

  /** Everything one run sees. */
  record Measured(
      String backend,
      List<Throughput> throughputs,
      List<Turns> turns,
      List<Joining> joinings,
      List<Closing> closings,
      StepBench.Steps steps) {}

  private final Options options;
  private final Consumer<String> progress;
  private final BlockingQueue<Long> ends = new LinkedBlockingQueue<>();

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public ServingBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @return what must be reached, floors, figures and tables
   */
  public BenchReport run() {
    return run(FloorMeter::open);
  }

  BenchReport run(IntFunction<FloorProbe> probes) {
    Bars bars = new Bars();
    return run(probes, bars).under(bars);
  }

  /** Measures without a table of what must be reached, to which it adds. */
  BenchReport run(IntFunction<FloorProbe> probes, Bars bars) {
    ServingReport serving;
    try (FloorLog floors = FloorLog.open(options.workers(), probes)) {
      Measured measured = measure(floors);
      serving = new ServingReport(options, floors.summary(), measured);
    }
    VocoderReport vocoder = new VocoderBench(options.vocoder, progress, probes).measure();
    bars.addServing(serving);
    bars.addVocoder(vocoder.wholeShare());
    return serving.report().with("vocoder", vocoder.report());
  }

  private Measured measure(FloorLog floors) {
    List<Throughput> throughputs = new ArrayList<>();
    List<Turns> turns = new ArrayList<>();
    List<Joining> joinings = new ArrayList<>();
    List<Closing> closings = new ArrayList<>();
    String backend;
    progress.accept("loading ...");
    try (ServedModel model =
        ServedModel.open(options.checkpoint, options.backend, options.threads, listener())) {
      backend = model.describe();
      throughput(model, options.replies);
      for (int i = 0; i < options.rounds; i++) {
        progress.accept("round " + (i + 1) + " of " + options.rounds + " ...");
        floors.sample();
        throughputs.add(new Throughput(throughput(model, 1), throughput(model, options.replies)));
        floors.sample();
        turns.add(turns(model));
        floors.sample();
        joinings.add(joining(model));
        floors.sample();
        closings.addAll(closings(model));
      }
    }
    progress.accept("steps of " + options.batch + " rows ...");
    floors.sample();
    StepBench.Steps steps = new StepBench(options).run(options.batch, options.steps);
    return new Measured(backend, throughputs, turns, joinings, closings, steps);
  }

  /** Tells when a reply was given up, on the scheduler's thread, after its pages were released. */
  private EngineListener listener() {
    return new EngineListener() {
      @Override
      public void onFailed(LongCatException reason) {
        ends.add(System.nanoTime());
      }
    };
  }

  /** Tokens a second of all replies, while all of them run. */
  private double throughput(ServedModel model, int replies) {
    List<TimedReply> running = begin(model, replies);
    TimedReply last = running.get(replies - 1);
    int before = last.nanos().length;
    last.await(before + options.tokens);
    long from = last.nanos()[before - 1];
    long to = last.nanos()[before - 1 + options.tokens];
    int tokens = running.stream().mapToInt(reply -> reply.between(from, to)).sum();
    running.forEach(this::end);
    return tokens / ((to - from) / 1e9);
  }

  /** Replies to questions of their own, each of which has begun; they do not end by themselves. */
  private static List<TimedReply> begin(ServedModel model, int replies) {
    List<TimedReply> running = new ArrayList<>();
    for (int i = 0; i < replies; i++) {
      running.add(model.ask(QUESTION, Integer.MAX_VALUE));
    }
    running.forEach(reply -> reply.await(WARM_UP));
    return running;
  }

  /** When the reply's pages were released. */
  private long end(TimedReply reply) {
    reply.close();
    try {
      return ends.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException("interrupted while it was measured", e);
    }
  }

  Turns turns(ServedModel model) {
    try (Conversation conversation = model.conversation()) {
      return new Turns(
          turn(model, conversation, options.prompt), turn(model, conversation, QUESTION));
    }
  }

  private static Statistics turn(ServedModel model, Conversation conversation, int tokens) {
    return conversation
        .send(model.generation(SHORT_REPLY), Text.of(model.question(tokens)))
        .statistics();
  }

  private Joining joining(ServedModel model) {
    TimedReply running = begin(model, 1).get(0);
    running.await(WARM_UP + options.tokens);
    long start = System.nanoTime();
    TimedReply joins = model.ask(options.prompt, 1);
    joins.await();
    long end = joins.nanos()[0];
    end(running);
    long warm = running.nanos()[WARM_UP - 1];
    return new Joining(
        new Sample(running.gaps(warm, start)),
        new Sample(running.gaps(start, end)),
        (end - start) / 1e9);
  }

  /** All but one of the replies, one after the other; that one tells of the steps. */
  private List<Closing> closings(ServedModel model) {
    List<Closing> closings = new ArrayList<>();
    List<TimedReply> running = begin(model, options.replies);
    TimedReply last = running.remove(options.replies - 1);
    for (TimedReply reply : running) {
      last.await(last.nanos().length + 1);
      long start = System.nanoTime();
      long end = end(reply);
      closings.add(new Closing((end - start) / 1e9, last.between(start, end)));
    }
    end(last);
    return closings;
  }
}
