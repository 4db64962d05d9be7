package io.longcat4j.remote;

import io.longcat4j.CodecFrame;
import io.longcat4j.Samples;
import io.longcat4j.VideoSampling;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.SpeechChunk;
import io.longcat4j.modality.Vision;
import io.longcat4j.prompt.MediaLayout;
import java.util.List;
import java.util.Optional;

/** What encoders and voice give and take, as bytes. */
final class Results {
  private Results() {}

  static void write(MessageWriter into, Embeddings rows) {
    into.number(rows.rows()).number(rows.width()).floats(rows.values());
  }

  static Embeddings rows(MessageReader from) {
    int rows = from.number("rows", 0, Integer.MAX_VALUE);
    int width = from.number("width of rows", 0, Integer.MAX_VALUE);
    float[] values = from.floats("numbers");
    if (values.length != (long) rows * width) {
      throw from.malformed(values.length + " numbers in " + rows + " rows of " + width);
    }
    return new Embeddings(rows, width, values);
  }

  static void write(MessageWriter into, Optional<Embeddings> rows) {
    into.flag(rows.isPresent());
    rows.ifPresent(some -> write(into, some));
  }

  static Optional<Embeddings> perhapsRows(MessageReader from) {
    return from.flag("rows") ? Optional.of(rows(from)) : Optional.empty();
  }

  static void writeTexts(MessageWriter into, List<String> texts) {
    into.number(texts.size());
    texts.forEach(into::text);
  }

  static List<String> texts(MessageReader from) {
    return from.list("texts", Integer.BYTES, reader -> reader.text("text"));
  }

  static void write(MessageWriter into, Vision.Seen seen) {
    into.number(seen.pairs().size());
    seen.pairs().forEach(pair -> into.text(pair.label()).number(pair.tokens()));
    write(into, seen.rows());
    into.text(seen.strategy().name()).number(seen.pairsPerSecond());
    writeTexts(into, seen.warnings());
  }

  static Vision.Seen seen(MessageReader from) {
    List<MediaLayout.Pair> pairs = from.list("pairs", 2 * Integer.BYTES, Results::pair);
    return new Vision.Seen(
        pairs,
        rows(from),
        from.named("strategy", VideoSampling.Strategy.values()),
        from.number("pairs a second"),
        texts(from));
  }

  private static MediaLayout.Pair pair(MessageReader from) {
    return new MediaLayout.Pair(
        from.text("label"), from.number("placeholders", 0, Integer.MAX_VALUE));
  }

  static void write(MessageWriter into, Hearing.Heard heard) {
    write(into, heard.rows());
    writeTexts(into, heard.warnings());
  }

  static Hearing.Heard heard(MessageReader from) {
    return new Hearing.Heard(rows(from), texts(from));
  }

  static void writeFrames(MessageWriter into, List<CodecFrame> frames) {
    into.number(frames.size());
    for (CodecFrame frame : frames) {
      into.number(frame.semantic()).number(frame.acoustic().size());
      frame.acoustic().forEach(into::number);
    }
  }

  static List<CodecFrame> frames(MessageReader from) {
    return from.list("frames", 2 * Integer.BYTES, Results::frame);
  }

  private static CodecFrame frame(MessageReader from) {
    int semantic = from.number("semantic index");
    return new CodecFrame(
        semantic, from.list("codebooks", Integer.BYTES, reader -> reader.number("index")));
  }

  static void write(MessageWriter into, Samples samples) {
    into.number(samples.sampleRateHz()).floats(samples.values());
  }

  static Samples samples(MessageReader from) {
    int rate = from.number("rate", 1, Integer.MAX_VALUE);
    return new Samples(from.floats("samples"), rate);
  }

  static void writeChunk(MessageWriter into, Optional<SpeechChunk> chunk) {
    into.flag(chunk.isPresent());
    chunk.ifPresent(
        some -> {
          into.large(some.firstFrame()).number(some.frames());
          write(into, some.samples());
        });
  }

  static Optional<SpeechChunk> chunk(MessageReader from) {
    if (!from.flag("sound")) {
      return Optional.empty();
    }
    long first = from.large("first frame");
    if (first < 0) {
      throw from.malformed("first frame " + first);
    }
    int frames = from.number("frames", 1, Integer.MAX_VALUE);
    return Optional.of(new SpeechChunk(first, frames, samples(from)));
  }
}
