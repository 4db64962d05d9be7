package io.longcat4j.audio;

import io.longcat4j.onnx.OnnxValue;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A sound that comes bit by bit to rows for the language model. Not thread-safe; holds nothing
 * native.
 */
final class EncoderStream {
  private final AudioEncoder encoder;
  private final FeatureStream features;
  private final StreamedSession.Carried carried;
  private final FloatQueue waiting;
  private long samples;
  private boolean started;

  EncoderStream(AudioEncoder encoder, FeatureStream features, StreamedSession session) {
    this(encoder, features, session.start(), new FloatQueue());
  }

  private EncoderStream(
      AudioEncoder encoder,
      FeatureStream features,
      StreamedSession.Carried carried,
      FloatQueue waiting) {
    this.encoder = encoder;
    this.features = features;
    this.carried = carried;
    this.waiting = waiting;
  }

  /** Another one that goes on from here by itself. */
  EncoderStream copy() {
    EncoderStream copy =
        new EncoderStream(encoder, features.copy(), carried.copy(), waiting.copy());
    copy.samples = samples;
    copy.started = started;
    return copy;
  }

  /**
   * The rows that are determined now; with {@code last}, all the rest.
   *
   * @throws io.longcat4j.MediaException if the whole is shorter than one window
   */
  Frames push(float[] more, boolean last) {
    samples += more.length;
    if (last) {
      encoder.requireWindow(samples);
    }
    Frames vectors = features.push(more, last);
    waiting.add(FloatBuffer.wrap(vectors.values()));
    int count = waiting.size() / vectors.width();
    boolean enough = started ? count > 0 : count > encoder.lookAheadRows();
    return last || enough
        ? run(count, vectors.width(), last)
        : new Frames(0, encoder.width(), new float[0]);
  }

  private Frames run(int count, int width, boolean last) {
    Map<String, OnnxValue> inputs = new HashMap<>(CarriedTime.place(!started, last));
    inputs.put(AudioEncoderGraph.FEATURES, OnnxValue.of(waiting.take(count * width), count, width));
    started = true;
    OnnxValue.Floats rows = carried.run(inputs, AudioEncoderGraph.EMBEDDINGS);
    return new Frames((int) rows.shape().dim(0), encoder.width(), rows.toArray());
  }
}
