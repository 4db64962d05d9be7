package io.longcat4j.audio;

import io.longcat4j.CodecFrame;
import io.longcat4j.LongCatException;
import io.longcat4j.Samples;
import io.longcat4j.modality.SpeechChunk;
import io.longcat4j.modality.VoiceSession;
import io.longcat4j.onnx.OnnxValue;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One utterance on its way through the codec decoder. Carries the vectors of the recurrent layers,
 * the past of every convolution, and what has not been given yet: less than a frame of samples, and
 * until the first sound the frames it waits for.
 */
final class CodecStream implements VoiceSession {
  /** Frames in one run: few enough for caches and memory, enough to read weights rarely. */
  private static final int STRETCH = 32;

  private final CodecConfig config;
  private final int lookAhead;
  private final StreamedSession.Carried memory;
  private final StreamedSession.Carried waveform;
  private final FloatQueue remembered = new FloatQueue();
  private final FloatQueue samples = new FloatQueue();
  private long pushed;
  private long spoken;
  private int codebooks;
  private boolean sounding;
  private boolean over;

  CodecStream(CodecConfig config, int lookAhead, StreamedSession memory, StreamedSession waveform) {
    this.config = config;
    this.lookAhead = lookAhead;
    this.memory = memory.start();
    this.waveform = waveform.start();
  }

  @Override
  public synchronized Optional<SpeechChunk> push(List<CodecFrame> frames) {
    requireOpen();
    if (frames.isEmpty()) {
      return Optional.empty();
    }
    List<CodecFrame> copy = List.copyOf(frames);
    CodecCodes checked = CodecCodes.of(copy, config, pushed, codebooks);
    codebooks = checked.codebooks();
    over = true; // A failure in the middle of a push leaves nothing to go on with.
    for (int from = 0; from < copy.size(); from += STRETCH) {
      stretch(checked.inputs(from, Math.min(copy.size(), from + STRETCH)));
    }
    over = false;
    return spoken();
  }

  @Override
  public synchronized Optional<SpeechChunk> finish() {
    requireOpen();
    over = true;
    if (pushed == 0) {
      return Optional.empty();
    }
    sound(true);
    return spoken();
  }

  @Override
  public synchronized void close() {
    over = true;
    remembered.clear();
    samples.clear();
    memory.clear();
    waveform.clear();
  }

  private void stretch(CodecCodes.Inputs codes) {
    Map<String, OnnxValue> inputs = new HashMap<>(codes.values());
    inputs.putAll(CarriedTime.place(pushed == 0, false));
    remembered.add(memory.run(inputs, CodecMemoryGraph.MEMORY).values());
    pushed += codes.frames();
    if (sounding || pushed > lookAhead) {
      sound(false);
    }
  }

  private void sound(boolean last) {
    int width = config.memoryDim();
    int rows = remembered.size() / width;
    Map<String, OnnxValue> inputs = new HashMap<>(CarriedTime.place(!sounding, last));
    inputs.put(CodecWaveformGraph.MEMORY, OnnxValue.of(remembered.take(rows * width), rows, width));
    sounding = true;
    FloatBuffer given = waveform.run(inputs, CodecWaveformGraph.WAVEFORM).values();
    samples.add(given);
  }

  private Optional<SpeechChunk> spoken() {
    int perFrame = config.samplesPerFrame();
    int frames = samples.size() / perFrame;
    if (frames == 0) {
      return Optional.empty();
    }
    float[] sound = samples.take(frames * perFrame);
    SpeechChunk chunk =
        new SpeechChunk(spoken, frames, new Samples(sound, config.type().sampleRateHz()));
    spoken += frames;
    return Optional.of(chunk);
  }

  private void requireOpen() {
    if (over) {
      throw new LongCatException(
          "This utterance is finished, closed or broken off by an error; open another session for"
              + " the next one");
    }
  }
}
