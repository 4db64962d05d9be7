package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.AudioCodec;
import io.longcat4j.CodecFrame;
import io.longcat4j.CodecWindow;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LiveEncoding;
import io.longcat4j.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * Measures how many codes of a codec encoder are equal where a sound is seen through windows
 * instead of as a whole, and what each costs. Immutable; one run at a time.
 */
public final class CodecBench {
  private static final int LONGEST_SECONDS = 120;

  /**
   * What to measure.
   *
   * @param codec directory with an encoder
   * @param sound of at most two minutes, which is seen as a whole too
   * @param windows what is seen at once
   * @param threads of one run, or empty for one a core
   */
  public record Options(Path codec, Samples sound, List<CodecWindow> windows, OptionalInt threads) {
    /** Copies the list. */
    public Options {
      windows = List.copyOf(windows);
      if (sound.count() == 0 || sound.count() > LONGEST_SECONDS * sound.sampleRateHz()) {
        throw new InvalidRequestException(
            sound + " cannot be compared; pass a sound of at most " + LONGEST_SECONDS + " s");
      }
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
  public CodecBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /** Frames and how long they took. */
  private record Timed(List<CodecFrame> frames, double seconds) {}

  /**
   * Measures.
   *
   * @return tables and figures
   */
  public BenchReport run() {
    double seconds = (double) options.sound.count() / options.sound.sampleRateHz();
    ResultTable table =
        new ResultTable(
            "seen at once: frames before / encoded / after",
            "equal acoustic codes",
            "equal semantic codes",
            "real-time factor");
    ArrayNode figures = JsonNodeFactory.instance.arrayNode();
    AudioCodec.Builder builder = AudioCodec.builder().directory(options.codec);
    options.threads.ifPresent(builder::threads);
    String description;
    int frames;
    try (AudioCodec codec = builder.build()) {
      codec.encode(options.sound);
      progress.accept("the whole ...");
      Timed whole = timed(() -> codec.encode(options.sound));
      frames = whole.frames.size();
      table.row("the whole", "-", "-", factor(whole, seconds));
      for (CodecWindow window : options.windows) {
        progress.accept(window + " ...");
        Timed seen = timed(() -> windowed(codec, window));
        double acoustic = share(whole, seen, (a, b) -> a.acoustic().equals(b.acoustic()));
        double semantic = share(whole, seen, (a, b) -> a.semantic() == b.semantic());
        table.row(
            "%d / %d / %d".formatted(window.before(), window.frames(), window.after()),
            percent(acoustic),
            percent(semantic),
            factor(seen, seconds));
        figures.add(figures(window, acoustic, semantic, seen.seconds / seconds));
      }
      description = codec.describe().lines().findFirst().orElse("");
    }
    String title =
        String.format(Locale.ROOT, "%s; %.1f s of sound, %d frames", description, seconds, frames);
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.set("windows", figures);
    return new BenchReport(Optional.empty(), List.of(new BenchReport.Titled(title, table)), all);
  }

  private List<CodecFrame> windowed(AudioCodec codec, CodecWindow window) {
    try (LiveEncoding sound = codec.openEncoding(options.sound.sampleRateHz(), window)) {
      List<CodecFrame> frames = new ArrayList<>(sound.push(options.sound.values()));
      frames.addAll(sound.finish());
      return frames;
    }
  }

  private interface Work {
    List<CodecFrame> run();
  }

  private static Timed timed(Work work) {
    long start = System.nanoTime();
    List<CodecFrame> frames = work.run();
    return new Timed(frames, (System.nanoTime() - start) / 1e9);
  }

  private static double share(Timed whole, Timed seen, BiPredicate<CodecFrame, CodecFrame> equal) {
    int same = 0;
    for (int i = 0; i < whole.frames.size(); i++) {
      same += equal.test(whole.frames.get(i), seen.frames.get(i)) ? 1 : 0;
    }
    return (double) same / whole.frames.size();
  }

  private static ObjectNode figures(
      CodecWindow window, double acoustic, double semantic, double factor) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("before", window.before())
        .put("frames", window.frames())
        .put("after", window.after())
        .put("acoustic", acoustic)
        .put("semantic", semantic)
        .put("realTimeFactor", factor);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String factor(Timed timed, double seconds) {
    return String.format(Locale.ROOT, "%.3f", timed.seconds / seconds);
  }

  /**
   * Sounds one after the other, over and over.
   *
   * @param sounds at one rate, at least one sample together
   * @param seconds of the result
   * @return a sound that is exactly as long
   */
  public static Samples joined(List<Samples> sounds, int seconds) {
    int rate = sounds.get(0).sampleRateHz();
    float[] all = new float[Math.multiplyExact(rate, seconds)];
    int at = 0;
    while (at < all.length) {
      int before = at;
      for (Samples sound : sounds) {
        float[] values = sound.values();
        int count = Math.min(values.length, all.length - at);
        System.arraycopy(Arrays.copyOf(values, count), 0, all, at, count);
        at += count;
      }
      if (at == before) {
        throw new InvalidRequestException("The sounds are empty; pass at least one with samples");
      }
    }
    return new Samples(all, rate);
  }
}
