package io.longcat4j.benchmarks;

import io.longcat4j.TurnDetection;
import io.longcat4j.VoiceActivity;
import io.longcat4j.audio.SileroDetection;
import io.longcat4j.benchmarks.SpeechFiles.Labelled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures when speech is heard to begin and to end, beside labels; what the model's own voice does
 * to it; and what it costs. One run at a time, or they disturb each other.
 */
public final class DetectionBench {
  static final TurnDetection CAUTIOUS = TurnDetection.normal().withThreshold(0.8, 0.6);

  /** The first sounds are those with little noise. */
  private static final int QUIET = 8;

  /**
   * What to measure.
   *
   * @param directory of labelled speech, such as {@code testdata/speech}
   * @param ratesHz rates at which the sounds are given
   * @param echoDecibels by how much the model's voice is fainter in the microphone
   */
  public record Options(Path directory, List<Integer> ratesHz, List<Integer> echoDecibels) {
    /** Copies the lists. */
    public Options {
      ratesHz = List.copyOf(ratesHz);
      echoDecibels = List.copyOf(echoDecibels);
    }

    /**
     * The usual.
     *
     * @param directory of labelled speech
     * @return options
     */
    public static Options of(Path directory) {
      return new Options(
          directory,
          List.of(8_000, 16_000, 24_000, 44_100, 48_000),
          List.of(0, 10, 20, 30, 35, 40, 45, 50, 60));
    }
  }

  private final Options options;
  private final Consumer<String> progress;

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public DetectionBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * What came of the model's own voice.
   *
   * @param alone false starts while nobody spoke
   * @param cautious the same by {@link #CAUTIOUS} rules
   * @param replies how often nobody spoke
   * @param spokenOver where somebody did
   */
  record Echo(int alone, int cautious, int replies, DetectionScore spokenOver) {}

  /**
   * Measures.
   *
   * @return figures and tables
   */
  public BenchReport run() {
    return measure().report();
  }

  DetectionReport measure() {
    SpeechFiles files = SpeechFiles.read(options.directory);
    Map<String, DetectionScore> rules = new LinkedHashMap<>();
    Map<Integer, DetectionScore> rates = new LinkedHashMap<>();
    Map<Integer, Double> shares = new LinkedHashMap<>();
    Map<Integer, Echo> echoes = new LinkedHashMap<>();
    try (SileroDetection detection = SileroDetection.open()) {
      listen(files.sounds().subList(0, 1), detection, SpeechFiles.RATE_HZ);
      for (int rate : options.ratesHz) {
        progress.accept("sound of " + rate + " Hz ...");
        List<Probabilities> heard = listen(files.sounds(), detection, rate);
        rates.put(rate, score(files.sounds(), heard, TurnDetection.normal()));
        shares.put(rate, processorShare(heard));
        if (rate == SpeechFiles.RATE_HZ) {
          rules().forEach((name, rule) -> rules.put(name, score(files.sounds(), heard, rule)));
        }
      }
      for (int decibels : options.echoDecibels) {
        progress.accept("echo of -" + decibels + " dB ...");
        echoes.put(decibels, echo(files, detection, new EchoScene(decibels)));
      }
    }
    return new DetectionReport(rules, rates, shares, echoes);
  }

  static Map<String, TurnDetection> rules() {
    Map<String, TurnDetection> rules = new LinkedHashMap<>();
    rules.put("eager", TurnDetection.eager());
    rules.put("normal", TurnDetection.normal());
    rules.put("patient", TurnDetection.patient());
    return rules;
  }

  private static List<Probabilities> listen(
      List<Labelled> sounds, VoiceActivity.Factory detection, int rateHz) {
    return sounds.stream()
        .map(sound -> Probabilities.of(detection, sound.samples(), rateHz))
        .toList();
  }

  private static DetectionScore score(
      List<Labelled> sounds, List<Probabilities> heard, TurnDetection rules) {
    DetectionScore score = new DetectionScore(rules.silence().toMillis());
    for (int i = 0; i < sounds.size(); i++) {
      score.add(sounds.get(i), HeardTurns.in(heard.get(i), rules));
    }
    return score;
  }

  /** Of one core, for sound as it comes. */
  private static double processorShare(List<Probabilities> heard) {
    return heard.stream().mapToLong(Probabilities::processorNanos).sum()
        / 1e9
        / heard.stream().mapToDouble(Probabilities::seconds).sum();
  }

  private static Echo echo(SpeechFiles files, VoiceActivity.Factory detection, EchoScene scene) {
    List<Labelled> alone = new ArrayList<>();
    List<Labelled> spokenOver = new ArrayList<>();
    for (float[] reply : files.replies()) {
      alone.add(scene.of("alone " + alone.size(), reply, Optional.empty()));
    }
    for (Labelled sound : files.sounds().subList(0, Math.min(QUIET, files.sounds().size()))) {
      float[] reply = files.replies().get(spokenOver.size() % files.replies().size());
      float[] utterance = EchoScene.cut(sound, sound.speech().get(0));
      spokenOver.add(scene.of("over " + sound.name(), reply, Optional.of(utterance)));
    }
    List<Probabilities> heard = listen(alone, detection, SpeechFiles.RATE_HZ);
    return new Echo(
        interrupted(heard, TurnDetection.normal()),
        interrupted(heard, CAUTIOUS),
        heard.size(),
        score(
            spokenOver,
            listen(spokenOver, detection, SpeechFiles.RATE_HZ),
            TurnDetection.normal()));
  }

  private static int interrupted(List<Probabilities> heard, TurnDetection rules) {
    return (int)
        heard.stream().filter(sound -> !HeardTurns.in(sound, rules).turns().isEmpty()).count();
  }
}
