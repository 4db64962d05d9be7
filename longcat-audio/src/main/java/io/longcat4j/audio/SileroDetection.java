package io.longcat4j.audio;

import io.longcat4j.Device;
import io.longcat4j.VoiceActivity;
import io.longcat4j.modality.SpeechDetection;
import io.longcat4j.onnx.OnnxGraph;
import io.longcat4j.onnx.OnnxSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * Silero VAD 6, a small network that was made for this (<a
 * href="https://github.com/snakers4/silero-vad">silero-vad</a>, MIT license), over ONNX Runtime:
 * 1.2 MB of weights for all detectors. A window is computed on the thread that gives it.
 */
public final class SileroDetection implements SpeechDetection {
  private static final String MODEL = "silero-vad-v6.onnx";
  private static final String NAME = "voice activity";

  private final OnnxSession session;

  private SileroDetection(OnnxSession session) {
    this.session = session;
  }

  /**
   * Loads the network.
   *
   * @return the detection, owned by the caller
   * @throws io.longcat4j.BackendException if ONNX Runtime does not run on this machine
   */
  public static SileroDetection open() {
    OnnxGraph graph = OnnxGraph.of(NAME, file());
    return new SileroDetection(OnnxSession.open(graph, 1, Device.cpu(), NAME));
  }

  private static byte[] file() {
    try (InputStream in = SileroDetection.class.getResourceAsStream(MODEL)) {
      return Objects.requireNonNull(in, MODEL).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public VoiceActivity open(int sampleRateHz) {
    return new SileroActivity(session, sampleRateHz);
  }

  @Override
  public String describe() {
    return "Silero VAD 6 on ONNX Runtime, 1 thread";
  }

  @Override
  public void close() {
    session.close();
  }
}
