package io.longcat4j.model;

import static io.longcat4j.testing.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.attention.PageTable;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.testing.DraftingCheckpoint;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MultiTokenPredictionTest {
  private static final int[] IDS = {5, 300, 17, 17, 600, 42, 9, 128, 77, 3};
  private static final int[] NEXT = {300, 17, 17, 600, 42, 9, 128, -1, 3, 21};

  @TempDir static Path folder;
  private static Path checkpoint;

  static Backend[] backends() {
    return new Backend[] {Backend.reference(), Backend.auto()};
  }

  @BeforeAll
  static void write() {
    checkpoint = DraftingCheckpoint.random(folder.resolve("random"));
  }

  /** What the layer is given, and what it makes of it. */
  private record Seen(float[] states, float[] ahead) {}

  @ParameterizedTest
  @MethodSource("backends")
  void theLayerLooksOneTokenFurther(Backend backend) {
    try (Fixture fixture = Fixture.openDrafting(checkpoint, backend)) {
      Seen seen = inPieces(fixture, IDS.length);
      assertClose(
          "states",
          seen.ahead,
          new PlainPrediction(Checkpoint.open(checkpoint)).ahead(seen.states, NEXT));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void piecesGiveTheSameNumbersAsTheWhole(Backend backend) {
    try (Fixture fixture = Fixture.openDrafting(checkpoint, backend)) {
      assertThat(inPieces(fixture, 3).ahead).isEqualTo(inPieces(fixture, IDS.length).ahead);
    }
  }

  private static Seen inPieces(Fixture fixture, int most) {
    LanguageModel model = fixture.model();
    int hidden = model.config().hiddenSize();
    Seen seen = new Seen(new float[IDS.length * hidden], new float[IDS.length * hidden]);
    try (Served served = Served.of(model, null, IDS.length);
        SequenceCache sequence = served.cache().open(IDS.length)) {
      for (int from = 0; from < IDS.length; from += most) {
        int to = Math.min(IDS.length, from + most);
        served
            .runner()
            .run(Pass.ofTokens(Arrays.copyOfRange(IDS, from, to), from, sequence.table()));
        read(served.runner(), seen.states, from * hidden, (to - from) * hidden);
        served.runner().run(new Draft(Arrays.copyOfRange(NEXT, from, to), Pass.NO_ROWS));
        read(served.runner(), seen.ahead, from * hidden, (to - from) * hidden);
      }
    }
    return seen;
  }

  private static void read(ModelRunner runner, float[] into, int at, int count) {
    float[] values = new float[count];
    runner.hidden(values);
    System.arraycopy(values, 0, into, at, count);
  }

  @Test
  void theLayerIsLoadedWhereItIsWantedAlone() {
    TensorSource weights = Checkpoint.open(checkpoint).weights();
    ModelConfig config = Checkpoint.open(checkpoint).model();
    assertThat(LanguageModel.canDraft(weights)).isTrue();
    assertThat(LanguageModel.canDraft(Checkpoint.open(TestData.bf16()).weights())).isFalse();
    long layer =
        weights.names().stream()
            .filter(name -> name.startsWith("model.mtp."))
            .mapToLong(name -> weights.require(name).byteSize())
            .sum();
    assertThat(LanguageModel.weightBytes(weights, true))
        .isEqualTo(LanguageModel.weightBytes(weights, false) + layer);
    assertThat(LanguageModel.cacheBlocks(config, true)).isEqualTo(5);
    try (Fixture fixture = Fixture.open(checkpoint, Backend.auto());
        Served served = Served.of(fixture.model(), null, 1)) {
      served.runner().run(Pass.ofTokens(new int[] {5}, 0, PageTable.of(0)));
      assertThat(fixture.model().drafts()).isFalse();
      Draft draft = new Draft(new int[] {1}, Pass.NO_ROWS);
      assertThatThrownBy(() -> served.runner().run(draft))
          .isInstanceOf(MalformedCommandException.class)
          .hasMessageContaining("without multi-token prediction");
    }
  }
}
