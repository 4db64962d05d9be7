package io.longcat4j.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the build made of the model's files. */
class ArtifactTest {
  private static final long MOST_BYTES = 40_000_000;

  @TempDir Path cache;

  @Test
  void it_is_small() {
    assertThat(Artifact.get().files().stream().mapToLong(ModelFile::bytes).sum())
        .isBetween(1L, MOST_BYTES);
  }

  @Test
  void it_is_of_the_published_layout_and_nothing_else() {
    assertThat(Artifact.get().files())
        .extracting(ModelFile::path)
        .contains("config.json", "tokenizer.json", "model.safetensors.index.json")
        .contains("vision/vision_model.pt", "audio/audio_encoder.pt", "audio_codec/decoder.pt")
        .allMatch(
            path -> path.matches("[a-z0-9_./-]+\\.(json|safetensors|pt|yaml)|audio/global_cmvn"));
  }

  @Test
  void its_files_are_what_the_list_says() throws Exception {
    Path directory = TinyModel.directory(cache);
    for (ModelFile file : Artifact.get().files()) {
      assertThat(file.isWholeIn(directory)).as(file.path()).isTrue();
    }
    assertThat(new TinyModelProvider().directory(Optional.of(cache))).isEqualTo(directory);
  }
}
