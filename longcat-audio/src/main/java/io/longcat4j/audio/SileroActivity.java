package io.longcat4j.audio;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.VoiceActivity;
import io.longcat4j.media.LiveResampler;
import io.longcat4j.media.SampleRange;
import io.longcat4j.onnx.OnnxSession;
import io.longcat4j.onnx.OnnxValue;
import io.longcat4j.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Listens to one sound with Silero VAD, in windows of 32 ms to the nearest sample. The network
 * hears 512 samples at 16 kHz, the last 64 before them, and what it remembers.
 *
 * <p>Sound of another rate is resampled, which makes it late by what the filter looks ahead: 6 ms
 * from 16 kHz on, 12 ms from 8 kHz. Not thread-safe but for {@link #close}.
 */
final class SileroActivity implements VoiceActivity {
  private static final int NETWORK_HZ = 16_000;
  private static final int WINDOW = 512;
  private static final int CONTEXT = 64;
  private static final long[] STATE = {2, 1, 128};

  /** The median over the files of docs/voice-activity.md. */
  private static final double TRAILING_WINDOWS = 2.5;

  /** Brings the sizes of both windows to rates that can be resampled. */
  private static final int WINDOWS_A_SECOND = 31;

  private final OnnxSession session;
  private final int windowSamples;
  private final float[] input = new float[CONTEXT + WINDOW];
  private @Nullable LiveResampler resampler;
  private int lateSamples;
  private OnnxValue state;
  private long heard;
  private boolean closed;

  SileroActivity(OnnxSession session, int sampleRateHz) {
    if (sampleRateHz < 8_000 || sampleRateHz > 192_000) {
      throw new InvalidRequestException(
          "Speech is detected in sound of 8000 to 192000 samples a second, not of "
              + sampleRateHz
              + "; resample it first");
    }
    this.session = session;
    this.windowSamples = (int) Math.round((double) sampleRateHz * WINDOW / NETWORK_HZ);
    this.state = silence();
    openResampler();
  }

  @Override
  public int windowSamples() {
    return windowSamples;
  }

  @Override
  public int trailingSamples() {
    return (int) Math.round(windowSamples * TRAILING_WINDOWS) + lateSamples;
  }

  @Override
  public synchronized double probability(float[] window) {
    if (closed) {
      throw new LongCatException("This detector is closed; open another one for the next sound");
    }
    if (window.length != windowSamples) {
      throw new InvalidRequestException(
          "A window of "
              + window.length
              + " samples was given; it has to have "
              + windowSamples
              + ", as windowSamples() says");
    }
    SampleRange.require("A live sound", window, window.length, heard);
    float[] sound = resampler == null ? window : resampler.push(window);
    System.arraycopy(input, WINDOW, input, 0, CONTEXT);
    for (int i = 0; i < WINDOW; i++) {
      input[CONTEXT + i] = Math.min(1, Math.max(-1, sound[i]));
    }
    Map<String, OnnxValue> outputs =
        session.run(Map.of("input", OnnxValue.of(input, 1, input.length), "state", state));
    state = Objects.requireNonNull(outputs.get("stateN"));
    heard += window.length;
    OnnxValue output = Objects.requireNonNull(outputs.get("output"));
    return ((OnnxValue.Floats) output).values().get(0);
  }

  @Override
  public synchronized void reset() {
    if (!closed) {
      state = silence();
      Arrays.fill(input, 0);
      heard = 0;
      closeResampler();
      openResampler();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    closeResampler();
  }

  private static OnnxValue silence() {
    return OnnxValue.of(new float[(int) Shape.of(STATE).elements()], STATE);
  }

  /** With a window of silence before the sound, of which the filter keeps what it looks ahead. */
  private void openResampler() {
    if (windowSamples != WINDOW) {
      resampler = LiveResampler.open(windowSamples * WINDOWS_A_SECOND, WINDOW * WINDOWS_A_SECOND);
      int early = resampler.push(new float[windowSamples]).length;
      lateSamples = (WINDOW - early) * windowSamples / WINDOW;
    }
  }

  private void closeResampler() {
    if (resampler != null) {
      resampler.close();
    }
  }
}
