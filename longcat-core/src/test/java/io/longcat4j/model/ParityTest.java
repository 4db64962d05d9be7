package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.checkpoint.CountedTensors;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checkpoints that transformers saved, in every way it does, give the ids that it chooses, or are
 * refused by name. {@code tools/parity/make_checkpoints.py} makes them.
 */
@Tag("once")
final class ParityTest {
  static Stream<Path> checkpoints() throws IOException {
    try (Stream<Path> found = Files.list(TestData.file("parity"))) {
      List<Path> folders = found.filter(Files::isDirectory).sorted().toList();
      assertThat(folders).hasSizeGreaterThanOrEqualTo(20);
      return folders.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void what_transformers_saved_gives_the_ids_that_it_chooses_or_is_refused_by_name(Path folder) {
    ConfigFile expected = ConfigFile.json(folder.resolve("expected.json"));
    if (expected.has("refused")) {
      assertThatThrownBy(() -> Checkpoint.open(folder))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContainingAll(expected.requireStrings("refused").toArray(String[]::new));
      return;
    }
    int[] prompt = expected.requireInts("prompt").stream().mapToInt(Integer::intValue).toArray();
    try (Fixture fixture = Fixture.open(folder, Backend.cpu())) {
      List<Integer> greedy = expected.requireInts("greedy");

      assertThat(greedy(fixture, prompt, greedy.size())).isEqualTo(greedy);
      assertThat(warnings(folder, fixture))
          .hasSize(expected.has("warnings") ? 1 : 0)
          .allSatisfy(
              warning ->
                  assertThat(warning)
                      .contains(expected.requireStrings("warnings").toArray(String[]::new)));
    }
  }

  private static List<Integer> greedy(Fixture fixture, int[] prompt, int count) {
    int vocabulary = fixture.model().config().vocabSize();
    int[] ids = prompt;
    for (int i = 0; i < count; i++) {
      float[] logits = fixture.logits(ids);
      int last = logits.length - vocabulary;
      int best = 0;
      for (int id = 1; id < vocabulary; id++) {
        best = logits[last + id] > logits[last + best] ? id : best;
      }
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = best;
    }
    return Arrays.stream(ids, prompt.length, ids.length).boxed().toList();
  }

  private static List<String> warnings(Path folder, Fixture fixture) {
    List<String> warnings = new ArrayList<>(Checkpoint.open(folder).warnings());
    CountedTensors.warn(folder.toString(), fixture.model().unusedTensors(), warnings::add);
    return warnings;
  }
}
