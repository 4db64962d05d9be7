package io.longcat4j.model;

import static io.longcat4j.testing.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.RankFailedException;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.quantize.Precision;
import io.longcat4j.quantize.Quantizer;
import io.longcat4j.quantize.Scope;
import io.longcat4j.testing.RankLogits;
import io.longcat4j.testing.TestData;
import io.longcat4j.testing.WideCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("once")
final class RankedModelTest {
  @TempDir Path folder;

  private static Supplier<ComputeBackend> backend(String name) {
    return () -> BackendSelection.onClassPath().open(new Backend(name), OptionalInt.of(1));
  }

  private static RankedModel open(Path checkpoint, String backend, int ranks, Experts experts) {
    Checkpoint opened = Checkpoint.open(checkpoint);
    boolean drafts = LanguageModel.canDraft(opened.weights());
    return RankedModel.open(opened, backend(backend), ranks, experts, drafts);
  }

  @ParameterizedTest
  @CsvSource({
    "cpu, WHOLE",
    "cpu, SLICED",
    "reference, WHOLE",
    "reference, SLICED",
  })
  void oneTwoFourAndEightRanksGiveTheSameBits(String backend, Experts experts) {
    Path checkpoint = WideCheckpoint.write(folder);
    int[] ids = RankLogits.ids(21, WideCheckpoint.VOCABULARY);
    float[][] expected;
    try (RankedModel one = open(checkpoint, backend, 1, experts)) {
      expected = RankLogits.of(one, ids);
    }
    for (int ranks : new int[] {2, 4, 8}) {
      try (RankedModel many = open(checkpoint, backend, ranks, experts)) {
        assertThat(RankLogits.of(many, ids)).as("%d ranks", ranks).isDeepEqualTo(expected);
      }
    }
    try (RankedModel three = open(checkpoint, backend, 3, experts)) {
      float[][] close = RankLogits.of(three, ids);
      for (int i = 0; i < expected.length; i++) {
        assertClose("3 ranks, row " + i, close[i], expected[i]);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"INT8, WHOLE", "INT8, SLICED", "INT4, WHOLE", "INT4, SLICED"})
  void integersAreTheSameBitsOverRanks(Precision precision, Experts experts) throws IOException {
    Path wide = WideCheckpoint.write(Files.createDirectory(folder.resolve("wide")));
    assertSameBits(rounded(wide, precision), experts, 2, 4, 8);
  }

  @Test
  void twoNumbersOfAByteAreInOneSliceWhereAnEighthOfTheWidthIsOdd() throws IOException {
    Path wide = WideCheckpoint.write(Files.createDirectory(folder.resolve("wide")), 24);
    assertSameBits(rounded(wide, Precision.INT4), Experts.SLICED, 2, 4);
  }

  private Path rounded(Path wide, Precision precision) {
    Path rounded = folder.resolve("rounded");
    new Quantizer(precision, Scope.ALL, Quantizer.SHARD_BYTES)
        .run(Checkpoint.open(wide), rounded, (tensor, done, total) -> {});
    return rounded;
  }

  private static void assertSameBits(Path rounded, Experts experts, int... sizes) {
    int[] ids = RankLogits.ids(21, WideCheckpoint.VOCABULARY);
    for (String backend : new String[] {"cpu", "reference"}) {
      float[][] expected;
      try (RankedModel one = open(rounded, backend, 1, experts)) {
        expected = RankLogits.of(one, ids);
      }
      for (int ranks : sizes) {
        try (RankedModel many = open(rounded, backend, ranks, experts)) {
          assertThat(RankLogits.of(many, ids))
              .as("%s, %d ranks", backend, ranks)
              .isDeepEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cpu, WHOLE",
    "cpu, SLICED",
    "reference, WHOLE",
    "reference, SLICED",
  })
  void goldensAreTheSameBitsOverRanksAndClose(String backend, Experts experts) {
    for (Path checkpoint : new Path[] {TestData.bf16(), TestData.fp8()}) {
      TensorSource golden = Fixture.golden(checkpoint);
      int[] ids = Fixture.ids(golden.require("llm.input_ids"));
      float[] numbers = golden.require("llm.logits").toFloats();
      float[][] expected;
      try (RankedModel one = open(checkpoint, backend, 1, experts)) {
        expected = RankLogits.of(one, ids);
      }
      int vocabulary = numbers.length / ids.length;
      for (int i = 0; i < ids.length; i++) {
        float[] row = Arrays.copyOfRange(numbers, i * vocabulary, (i + 1) * vocabulary);
        assertClose("row " + i, expected[i], row);
      }
      for (int ranks : new int[] {2, 4}) {
        try (RankedModel many = open(checkpoint, backend, ranks, experts)) {
          assertThat(RankLogits.of(many, ids)).as("%d ranks", ranks).isDeepEqualTo(expected);
        }
      }
    }
  }

  @Test
  void threeRanksGiveTheNumbersOfTransformersWithBiases() {
    Path checkpoint = TestData.file("siblings").resolve("yarn-bias");
    TensorSource expected = SafetensorsFile.open(checkpoint.resolve("expected.safetensors"));
    int[] ids = Fixture.ids(expected.require("input_ids"));
    float[] numbers = expected.require("logits").toFloats();
    try (RankedModel three = open(checkpoint, "cpu", 3, Experts.WHOLE)) {
      float[][] logits = RankLogits.of(three, ids);
      int vocabulary = numbers.length / ids.length;
      for (int i = 0; i < ids.length; i++) {
        float[] row = Arrays.copyOfRange(numbers, i * vocabulary, (i + 1) * vocabulary);
        assertClose("row " + i, logits[i], row);
      }
    }
  }

  @Test
  void ranksThatComputeDifferentlyEndBeforeTheyAnswer() {
    Path checkpoint = WideCheckpoint.write(folder);
    List<String> names = new CopyOnWriteArrayList<>(List.of("cpu", "reference"));
    Supplier<ComputeBackend> each = () -> backend(names.remove(0)).get();
    Checkpoint opened = Checkpoint.open(checkpoint);
    try (RankedModel mixed = RankedModel.open(opened, each, 2, Experts.AUTO, /* drafts= */ false)) {
      assertThatThrownBy(() -> Served.of(mixed.model(), null, 16))
          .isInstanceOf(RankFailedException.class)
          .hasMessageContaining("same backend");
    }
  }

  @ParameterizedTest
  @CsvSource({"5, num_attention_heads", "32, num_attention_heads"})
  void sizesThatDoNotDivideAreRefusedByName(int ranks, String size) {
    Path checkpoint = WideCheckpoint.write(folder);

    assertThatThrownBy(() -> open(checkpoint, "cpu", ranks, Experts.AUTO).close())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContainingAll(size, ranks + " ranks");
  }
}
