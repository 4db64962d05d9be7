package io.longcat4j.benchmarks;

import io.longcat4j.CodecFrame;
import io.longcat4j.Device;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.audio.CodecConfig;
import io.longcat4j.audio.CodecDecoder;
import io.longcat4j.modality.VoiceSession;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Measures the codec decoder with random weights: a whole utterance in one go, and the same cut
 * into pushes. Immutable; one run at a time, or they disturb each other.
 */
public final class VocoderBench {
  private static final double DEVIATION = 0.02;

  /**
   * What to measure.
   *
   * @param config sizes of the decoder
   * @param frames of the utterance
   * @param pushes frames pushed at once
   * @param repetitions of each, after one that warms up
   * @param threads of one run, or empty for one a core
   */
  public record Options(
      CodecConfig config, int frames, List<Integer> pushes, int repetitions, OptionalInt threads) {
    /** Copies the list; every number is at least 1. */
    public Options {
      pushes = List.copyOf(pushes);
      if (frames < 1 || repetitions < 1 || pushes.stream().anyMatch(push -> push < 1)) {
        throw new InvalidRequestException(
            "%d frames in pushes of %s, %d times, cannot be measured; pass at least 1 of each"
                .formatted(frames, pushes, repetitions));
      }
    }

    int workers() {
      return threads.orElse(Runtime.getRuntime().availableProcessors());
    }
  }

  /** The published decoder of the 24 kHz type. */
  public static CodecConfig published() {
    return new CodecConfig(
        CodecConfig.Type.CAUSAL_24K,
        1024,
        1280,
        8192,
        3,
        90,
        List.of(8, 8, 8),
        1536,
        List.of(8, 6, 6, 5));
  }

  /**
   * An utterance in pushes of one length.
   *
   * @param push frames pushed at once; the whole utterance if as long
   * @param seconds of all of it
   * @param firstSeconds until its first sound
   * @param floors measured before each repetition
   */
  record Spoken(int push, Sample seconds, Sample firstSeconds, List<Floors> floors) {
    /** Copies the floors. */
    Spoken {
      floors = List.copyOf(floors);
    }
  }

  private final Options options;
  private final Consumer<String> progress;
  private final IntFunction<FloorProbe> floors;

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public VocoderBench(Options options, Consumer<String> progress) {
    this(options, progress, FloorMeter::open);
  }

  VocoderBench(Options options, Consumer<String> progress, IntFunction<FloorProbe> floors) {
    this.options = options;
    this.progress = progress;
    this.floors = floors;
  }

  /**
   * Measures.
   *
   * @return floors, figures and tables
   */
  public BenchReport run() {
    return measure().report();
  }

  VocoderReport measure() {
    progress.accept("random weights ...");
    List<Spoken> spoken = new ArrayList<>();
    String description;
    try (FloorLog log = FloorLog.open(options.workers(), floors);
        CodecDecoder decoder =
            CodecDecoder.open(
                options.config, new RandomTensors(DEVIATION), Device.cpu(), options.workers())) {
      description = decoder.describe();
      spoken.add(measure(decoder, log, options.frames));
      for (int push : options.pushes) {
        spoken.add(measure(decoder, log, Math.min(push, options.frames)));
      }
      return new VocoderReport(options, description, log.summary(), spoken);
    }
  }

  private Spoken measure(CodecDecoder decoder, FloorLog log, int push) {
    progress.accept("pushes of " + push + " ...");
    List<CodecFrame> frames = frames();
    double[] seconds = new double[options.repetitions];
    double[] first = new double[options.repetitions];
    List<Floors> around = new ArrayList<>();
    speak(decoder, frames.subList(0, Math.min(frames.size(), 4 * push)), push);
    for (int i = 0; i < seconds.length; i++) {
      around.add(log.sample());
      double[] times = speak(decoder, frames, push);
      first[i] = times[0];
      seconds[i] = times[1];
    }
    return new Spoken(push, new Sample(seconds), new Sample(first), around);
  }

  /** Seconds until the first sound, and until the last. */
  private static double[] speak(CodecDecoder decoder, List<CodecFrame> frames, int push) {
    double first = Double.NaN;
    long start = System.nanoTime();
    try (VoiceSession session = decoder.open()) {
      for (int at = 0; at < frames.size(); at += push) {
        boolean sound =
            session.push(frames.subList(at, Math.min(frames.size(), at + push))).isPresent();
        first = sound && Double.isNaN(first) ? secondsSince(start) : first;
      }
      session.finish();
    }
    double all = secondsSince(start);
    return new double[] {Double.isNaN(first) ? all : first, all};
  }

  private List<CodecFrame> frames() {
    SplittableRandom random = new SplittableRandom(1);
    CodecConfig config = options.config;
    int codes = config.codebookSize() * config.codebookSize();
    return IntStream.range(0, options.frames)
        .mapToObj(
            frame ->
                new CodecFrame(
                    random.nextInt(config.semanticTokens()),
                    random.ints(config.codebooks(), 0, codes).boxed().toList()))
        .toList();
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
