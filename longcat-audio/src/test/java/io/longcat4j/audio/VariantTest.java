package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.modality.ModalityContext;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariantTest {

  @ParameterizedTest
  @CsvSource({"centred-16khz, 48", "causal-8khz, 36"})
  void every_stage_follows_the_configuration(String variant, int hiddenSize) {
    Path checkpoint = checkpoint(variant);
    Golden golden = Golden.of(checkpoint);
    ModalityContext context = Golden.context(checkpoint, hiddenSize);
    float[] samples = golden.tensors().require("audio.samples").toFloats();
    try (AudioEncoder encoder = AudioEncoder.open(context)) {
      golden.assertFeatures("audio.fbank", encoder.fbank(samples));
      golden.assertFeatures("audio.features", encoder.features(samples));
      golden.assertActivations("audio.encoder", encoder.encoded(samples).values());
      Frames embeddings = encoder.embeddings(samples);
      golden.assertActivations("audio.embeddings", embeddings.values());
      assertThat(encoder.rows(samples.length)).isEqualTo(embeddings.count());
      assertThat(embeddings.width()).isEqualTo(hiddenSize);
    }
    try (CodecDecoder decoder = CodecDecoder.open(context)) {
      golden.assertActivations("codec.waveform", decoder.waveform(golden.codecFrames()));
    }
  }

  static Path checkpoint(String variant) {
    URL folder = VariantTest.class.getResource("/variants/" + variant);
    try {
      return Path.of(Objects.requireNonNull(folder, variant).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
