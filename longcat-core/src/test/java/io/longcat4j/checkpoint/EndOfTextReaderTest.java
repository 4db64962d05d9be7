package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndOfTextReaderTest {
  @TempDir Path directory;

  private EndOfText read(Map<String, Object> config) {
    return EndOfTextReader.read(ConfigFile.of("config.json", config), directory, 100);
  }

  private void generationConfig(String json) throws Exception {
    Files.writeString(directory.resolve("generation_config.json"), json);
  }

  @Test
  void without_any_id_it_is_the_published_one() throws Exception {
    assertThat(read(Map.of())).isEqualTo(EndOfText.of(2));
    generationConfig("{\"do_sample\": true}");
    assertThat(read(Map.of())).isEqualTo(EndOfText.of(2));
  }

  @Test
  void one_id_and_several_are_read() {
    assertThat(read(Map.of("eos_token_id", 7))).isEqualTo(EndOfText.of(7));
    assertThat(read(Map.of("eos_token_id", List.of(5, 2, 5)))).isEqualTo(EndOfText.of(5, 2));
  }

  @Test
  void ids_of_the_generation_config_come_after_those_of_the_config() throws Exception {
    generationConfig("{\"eos_token_id\": [9, 7]}");
    assertThat(read(Map.of("eos_token_id", 7)).ids()).containsExactly(7, 9);
    assertThat(read(Map.of()).ids()).containsExactly(9, 7);
  }

  @Test
  void ids_outside_the_vocabulary_are_refused_by_file_and_key() throws Exception {
    assertThatThrownBy(() -> read(Map.of("eos_token_id", List.of(2, 100))))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("config.json", "eos_token_id", "vocab_size of 100");
    assertThatThrownBy(() -> read(Map.of("eos_token_id", List.of())))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("at least one id");
    generationConfig("{\"eos_token_id\": -1}");
    assertThatThrownBy(() -> read(Map.of()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("generation_config.json");
  }
}
