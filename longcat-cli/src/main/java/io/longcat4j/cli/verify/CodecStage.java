package io.longcat4j.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import io.longcat4j.CodecFrame;
import io.longcat4j.audio.CodecDecoder;
import java.util.ArrayList;
import java.util.List;

/** Codec frames to sound: {@code codec.*}, and the sound of a whole generation. */
record CodecStage(Target target) implements Stage {
  private static final String SPEECH_CODES = "speech_generation.shifted_codes";
  private static final String SPEECH_SAMPLES = "speech_generation.wave_samples";
  private static final String SPEECH_WAVEFORM = "speech.waveform";

  /** Ids below this are markers of the audio vocabulary; codebook entries follow them. */
  private static final int FIRST_CODE_ID = 32;

  @Override
  public String name() {
    return "codec";
  }

  @Override
  public boolean covers(String entry) {
    return entry.startsWith("codec.")
        || entry.equals(SPEECH_WAVEFORM)
        || entry.equals(SPEECH_SAMPLES);
  }

  @Override
  public void run(Comparison comparison) {
    Golden golden = comparison.golden();
    try (CodecDecoder decoder = CodecDecoder.open(target.context())) {
      if (golden.has("codec.waveform")) {
        comparison.values("codec.waveform", decoder.waveform(tensorFrames(comparison)));
      }
      if (golden.has(SPEECH_CODES)) {
        float[] waveform = decoder.waveform(listedFrames(golden.value(SPEECH_CODES)));
        if (golden.has(SPEECH_WAVEFORM)) {
          comparison.values(SPEECH_WAVEFORM, waveform);
        }
        if (golden.has(SPEECH_SAMPLES)) {
          comparison.value(SPEECH_SAMPLES, IntNode.valueOf(waveform.length));
        }
      }
    }
  }

  private static List<CodecFrame> tensorFrames(Comparison comparison) {
    int[] semantic = comparison.inputIds("codec.semantic");
    int[] acoustic = comparison.inputIds("codec.acoustic");
    List<CodecFrame> frames = new ArrayList<>();
    for (int frame = 0; frame < semantic.length; frame++) {
      List<Integer> codes = new ArrayList<>();
      for (int at = frame; at < acoustic.length; at += semantic.length) {
        codes.add(acoustic[at]);
      }
      frames.add(new CodecFrame(semantic[frame], codes));
    }
    return frames;
  }

  private static List<CodecFrame> listedFrames(JsonNode list) {
    List<CodecFrame> frames = new ArrayList<>();
    for (JsonNode ids : list) {
      List<Integer> codes = new ArrayList<>();
      for (int i = 1; i < ids.size(); i++) {
        codes.add(ids.get(i).asInt() - FIRST_CODE_ID);
      }
      frames.add(new CodecFrame(ids.get(0).asInt() - FIRST_CODE_ID, codes));
    }
    return frames;
  }
}
