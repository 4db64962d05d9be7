package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.WeightMemory;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever only writes pays for no ears and no voice. */
class SensesWhenNeededTest {
  private static final Prompt QUESTION = Prompt.user("What is this?");
  private static final Generation SHORT = Generation.builder().maxNewTokens(2).build();
  private static final Generation SPOKEN = Generation.speech().toBuilder().maxNewTokens(4).build();
  private static final String CLOSED = "voice: not opened before it is needed";

  @TempDir private Path folder;

  private static Stream<String> voice(LongCat longcat) {
    return longcat.describe().lines().filter(line -> line.startsWith("voice: "));
  }

  @Test
  void the_voice_is_opened_for_the_first_speech() {
    try (LongCat longcat = LongCat.builder().model(TestData.bf16()).build()) {
      longcat.generate(QUESTION, SHORT);
      assertThat(voice(longcat)).containsExactly(CLOSED);
      longcat.generate(QUESTION, SPOKEN);
      assertThat(voice(longcat)).singleElement().asString().contains("ONNX Runtime");
    }
  }

  @Test
  void all_are_opened_where_the_weights_are_preloaded() {
    try (LongCat longcat =
        LongCat.builder().model(TestData.bf16()).weights(WeightMemory.preloaded()).build()) {
      assertThat(longcat.describe()).contains("hearing: ").doesNotContain("not opened");
    }
  }

  @Test
  void a_broken_voice_is_told_of_when_it_is_to_speak_and_at_once_where_all_is_preloaded()
      throws IOException {
    Path broken = copyWithBrokenVoice();
    try (LongCat longcat = LongCat.builder().model(broken).build()) {
      assertThat(longcat.generate(QUESTION, SHORT).textIds()).isNotEmpty();
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> longcat.generate(QUESTION, SPOKEN))
            .isInstanceOf(CheckpointException.class)
            .hasMessageContaining("config.yaml");
      }
      assertThat(longcat.generate(QUESTION, SHORT).textIds()).isNotEmpty();
    }
    assertThatThrownBy(
            () -> LongCat.builder().model(broken).weights(WeightMemory.preloaded()).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("config.yaml");
  }

  private Path copyWithBrokenVoice() throws IOException {
    Path source = TestData.bf16();
    List<Path> files;
    try (Stream<Path> found = Files.walk(source)) {
      files = found.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path copy = folder.resolve(source.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      if (copy.endsWith("config.yaml")) {
        Files.writeString(copy, "codec: [");
      } else {
        Files.createLink(copy, file.toRealPath());
      }
    }
    return folder;
  }
}
