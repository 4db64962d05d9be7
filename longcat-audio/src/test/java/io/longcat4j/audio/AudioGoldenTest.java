package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.Device;
import io.longcat4j.onnx.NativeOperators;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AudioGoldenTest {

  @Test
  void every_stage_of_the_bf16_checkpoint_gives_the_expected_numbers() {
    checkAll(TestData.bf16());
  }

  @Test
  void every_stage_of_the_checkpoint_with_deltas_gives_the_expected_numbers() {
    checkAll(TestData.fp8());
  }

  private static void checkAll(Path checkpoint) {
    Golden golden = Golden.of(checkpoint);
    try (AudioEncoder encoder = AudioEncoder.open(Golden.context(checkpoint))) {
      for (JsonNode sound : golden.json().get("audio")) {
        String name = "audio." + sound.get("name").asText() + ".";
        float[] samples = Golden.pcm(sound.get("file").asText());
        assertThat(samples).hasSize(sound.get("samples").asInt());
        assertThat(encoder.sampleRateHz()).isEqualTo(sound.get("sample_rate").asInt());
        assertThat(encoder.rows(samples.length)).isEqualTo(sound.get("tokens").asInt());
        Frames fbank = encoder.fbank(samples);
        assertThat(fbank.count()).isEqualTo(sound.get("frames").asInt());
        golden.assertFeatures(name + "fbank", fbank);
        golden.assertFeatures(name + "features", encoder.features(samples));
        golden.assertActivations(name + "encoder", encoder.encoded(samples).values());
        golden.assertActivations(name + "embeddings", encoder.embeddings(samples).values());
      }
    }
  }

  @Test
  void the_causal_24_khz_codec_gives_the_expected_sound() {
    checkCodec(TestData.bf16(), 24000, CodecDecoder.operators(Device.cpu()));
  }

  @Test
  void the_centred_16_khz_codec_gives_the_expected_sound() {
    checkCodec(TestData.fp8(), 16000, CodecDecoder.operators(Device.cpu()));
  }

  @Test
  void without_operators_of_our_own_both_codecs_give_the_expected_sound() {
    checkCodec(TestData.bf16(), 24000, Optional.empty());
    checkCodec(TestData.fp8(), 16000, Optional.empty());
  }

  private static void checkCodec(
      Path checkpoint, int sampleRateHz, Optional<NativeOperators> operators) {
    Golden golden = Golden.of(checkpoint);
    try (CodecDecoder decoder = CodecDecoder.open(Golden.context(checkpoint), operators)) {
      assertThat(decoder.sampleRateHz()).isEqualTo(sampleRateHz);
      for (String name : List.of("codec.waveform", "speech.waveform")) {
        golden.assertActivations(
            name,
            decoder.waveform(
                name.startsWith("codec") ? golden.codecFrames() : golden.spokenFrames()));
      }
    }
  }
}
