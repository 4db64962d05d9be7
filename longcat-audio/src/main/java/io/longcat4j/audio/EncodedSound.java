package io.longcat4j.audio;

import io.longcat4j.CodecFrame;
import io.longcat4j.CodecWindow;
import io.longcat4j.LiveEncoding;
import io.longcat4j.LongCatException;
import io.longcat4j.media.LiveResampler;
import io.longcat4j.media.SampleRange;
import io.longcat4j.spi.Cancellation;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One sound on its way through overlapping windows of the codec encoder. Holds the samples of one
 * window.
 */
final class EncodedSound implements LiveEncoding {
  private final CodecEncoder encoder;
  private final CodecWindow window;
  private final Cancellation wanted;
  private final @Nullable LiveResampler resampler;
  private final int perFrame;
  private final int reach;

  /** Samples beyond its frame that a semantic code looks at. */
  private final int tail;

  private final FloatQueue samples = new FloatQueue();

  /** The frame that the queue starts with. */
  private long held;

  private long given;
  private long pushed;
  private boolean over;

  EncodedSound(CodecEncoder encoder, int sampleRateHz, CodecWindow window, Cancellation wanted) {
    encoder.requireAligned();
    CodecEncoderConfig config = encoder.config();
    this.encoder = encoder;
    this.window = window;
    this.wanted = wanted;
    this.perFrame = config.samplesPerFrame();
    this.reach = config.reach();
    this.tail = Math.max(0, config.semantic().fbank().windowSamples() - perFrame);
    this.resampler =
        sampleRateHz == config.sampleRateHz()
            ? null
            : LiveResampler.open(sampleRateHz, config.sampleRateHz());
  }

  @Override
  public synchronized List<CodecFrame> push(float[] more) {
    requireOpen();
    SampleRange.require("A live sound", more, more.length, pushed);
    over = true; // A failure in the middle of a push leaves nothing to go on with.
    List<CodecFrame> frames = new ArrayList<>();
    int piece = Math.multiplyExact(window.frames(), perFrame);
    for (int at = 0; at < more.length; at += piece) {
      float[] next = Arrays.copyOfRange(more, at, Math.min(more.length, at + piece));
      take(resampler == null ? next : resampler.push(next), frames);
    }
    pushed += more.length;
    over = false;
    return frames;
  }

  @Override
  public synchronized List<CodecFrame> finish() {
    requireOpen();
    over = true;
    List<CodecFrame> frames = new ArrayList<>();
    if (resampler != null) {
      take(resampler.finish(), frames);
    }
    samples.add(FloatBuffer.allocate(Math.floorMod(-samples.size(), perFrame)));
    long end = held + samples.size() / perFrame;
    while (given < end) {
      step(Math.min(end, given + window.frames()), end, frames);
    }
    free();
    return frames;
  }

  @Override
  public synchronized void close() {
    over = true;
    free();
  }

  synchronized int heldSamples() {
    return samples.size();
  }

  private void take(float[] more, List<CodecFrame> frames) {
    samples.add(FloatBuffer.wrap(more));
    long ahead = Math.max(window.after(), reach);
    while (held * perFrame + samples.size()
        >= (given + window.frames() + ahead) * perFrame + tail) {
      long to = given + window.frames();
      step(to, to + ahead, frames);
    }
  }

  /** Encodes the frames up to one, of a sound that is known up to another. */
  private void step(long to, long end, List<CodecFrame> frames) {
    int from = (int) (given - held);
    float[] heard = seen(given - reach, Math.min(end, to + reach), 0);
    int[][] latent = encoder.acousticCodes(encoder.latent(heard, wanted));
    int skipped = Math.min(from, reach);
    int[][] acoustic = Arrays.copyOfRange(latent, skipped, skipped + Math.toIntExact(to - given));
    long first = Math.max(held, given - window.before());
    float[] understood = seen(first, Math.min(end, to + window.after()), tail);
    int[] semantic = encoder.semanticCodes(understood, first, wanted);
    frames.addAll(CodecEncoder.frames(acoustic, semantic, (int) (given - first)));
    given = to;
    long kept = Math.max(held, given - Math.max(window.before(), reach));
    samples.drop((int) (kept - held) * perFrame);
    held = kept;
  }

  private float[] seen(long from, long to, int beyond) {
    int first = (int) (Math.max(held, from) - held) * perFrame;
    int last = (int) Math.min(samples.size(), (to - held) * perFrame + beyond);
    return samples.peek(first, last);
  }

  private void free() {
    samples.clear();
    if (resampler != null) {
      resampler.close();
    }
  }

  private void requireOpen() {
    if (over) {
      throw new LongCatException(
          "This sound is finished, closed or broken off by an error; open another one");
    }
  }
}
