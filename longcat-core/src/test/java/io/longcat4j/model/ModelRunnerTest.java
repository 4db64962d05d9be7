package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.cache.PageCopy;
import io.longcat4j.tensor.HostRows;
import io.longcat4j.testing.TestData;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelRunnerTest {
  private static final AttentionPolicy DENSE = AttentionPolicy.dense();
  private static final int POSITIONS = 6 * 16;

  static Backend[] backends() {
    return new Backend[] {Backend.reference(), Backend.auto()};
  }

  private static float[] text(ModelRunner runner, int index) {
    float[] logits = new float[runner.limits().vocabulary()];
    runner.textLogits(index, logits);
    return logits;
  }

  private static float[] audio(ModelRunner runner, int index) {
    float[] logits = new float[runner.limits().audioVocabulary()];
    runner.audioLogits(index, logits);
    return logits;
  }

  /** Rows of everything: tokens, sound, an encoder; two sequences, one of them sparse. */
  private static Pass everything(ModelRunner runner) {
    int hidden = runner.limits().hidden();
    float[] values = new float[3 * hidden];
    Random random = new Random(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    int[][] sound = new int[runner.limits().audioHeads()][8];
    for (int[] ids : sound) {
      Arrays.setAll(ids, row -> row < 6 ? Command.NONE : 40 + row);
    }
    return new Pass(
        List.of(),
        new int[] {5, 6, -1, -1, -1, 9, 300, -1},
        sound,
        List.of(new EncodedRows(2, HostRows.copyOf(values, 0, 3, hidden))),
        List.of(
            new Span(0, 6, 0, PageTable.of(4), DENSE),
            new Span(6, 2, 0, PageTable.of(1), AttentionPolicy.topK(1))),
        new int[] {5, 7},
        new int[] {5, 7});
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aFollowerThatRunsTheBytesEndsInTheSameState(Backend backend) {
    try (Fixture fixture = Fixture.open(TestData.bf16(), backend);
        Served leader = Served.of(fixture.model(), fixture.speechHeads(), POSITIONS);
        Served follower = Served.of(fixture.model(), fixture.speechHeads(), POSITIONS)) {
      List<Command> commands =
          List.of(
              everything(leader.runner()),
              new AudioHead(0, new int[0]),
              new AudioHead(1, new int[] {41, Command.NONE}),
              new Pass(
                  List.of(new PageCopy(4, 2, 3)),
                  new int[] {7, 8},
                  Pass.SILENT,
                  List.of(),
                  List.of(new Span(0, 2, 3, PageTable.of(2), DENSE)),
                  new int[] {1},
                  new int[] {0}),
              new AudioHead(0, new int[0]));
      for (Command command : commands) {
        leader.runner().run(command);
      }
      float[] text = text(leader.runner(), 0);
      float[] audio = audio(leader.runner(), 0);
      for (Command command : commands) {
        follower.runner().run(Command.read(command.toBytes()));
      }
      assertThat(text(follower.runner(), 0)).isEqualTo(text);
      assertThat(audio(follower.runner(), 0)).isEqualTo(audio);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aRowIsTheSameWhateverElseIsInThePass(Backend backend) {
    try (Fixture fixture = Fixture.open(TestData.bf16(), backend);
        Served served = Served.of(fixture.model(), fixture.speechHeads(), POSITIONS)) {
      ModelRunner runner = served.runner();
      Pass whole = everything(runner);
      runner.run(whole);
      float[] first = text(runner, 0);
      float[] second = text(runner, 1);
      int[][] sound = new int[whole.audioIds().length][];
      Arrays.setAll(sound, head -> Arrays.copyOfRange(whole.audioIds()[head], 6, 8));
      Span sparse = whole.spans().get(1);
      runner.run(
          new Pass(
              List.of(),
              new int[] {300, -1},
              sound,
              List.of(),
              List.of(new Span(0, 2, 0, PageTable.of(3), sparse.policy())),
              new int[] {1},
              Pass.NO_ROWS));
      assertThat(text(runner, 0)).isEqualTo(second);
      runner.run(
          new Pass(
              List.of(),
              Arrays.copyOf(whole.textIds(), 6),
              Pass.SILENT,
              whole.encodedRows(),
              List.of(new Span(0, 6, 0, PageTable.of(0), DENSE)),
              new int[] {5},
              Pass.NO_ROWS));
      assertThat(text(runner, 0)).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aCopiedPageGoesOnAsItsOriginalDoes(Backend backend) {
    try (Fixture fixture = Fixture.open(TestData.bf16(), backend);
        Served served = Served.of(fixture.model(), null, POSITIONS)) {
      ModelRunner runner = served.runner();
      int[] ids = IntStream.range(20, 40).toArray();
      runner.run(Pass.ofTokens(ids, 0, PageTable.of(2, 5)));
      runner.run(Pass.ofTokens(new int[] {7}, 20, PageTable.of(2, 5), 0));
      float[] expected = text(runner, 0);
      List<PageCopy> inOrder = List.of(new PageCopy(5, 0, 4), new PageCopy(0, 3, 4));
      Span span = new Span(0, 1, 20, PageTable.of(2, 3), DENSE);
      int[] last = {0};
      runner.run(
          new Pass(
              inOrder, new int[] {7}, Pass.SILENT, List.of(), List.of(span), last, Pass.NO_ROWS));
      assertThat(text(runner, 0)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void commandsThatRefuseToFollowEachOtherChangeNothing(Backend backend) {
    try (Fixture fixture = Fixture.open(TestData.bf16(), backend);
        Served served = Served.of(fixture.model(), fixture.speechHeads(), POSITIONS)) {
      ModelRunner runner = served.runner();
      refused(runner, new AudioHead(0, new int[0]), "does not follow a pass");
      refused(runner, new Draft(new int[1], new int[0]), "does not follow a pass");
      runner.run(everything(runner));
      float[] logits = text(runner, 1);
      refused(runner, new AudioHead(1, new int[2]), "audio head 1");
      refused(runner, new Draft(new int[8], new int[0]), "without multi-token prediction");
      refused(runner, Pass.ofTokens(new int[] {5}, 0, PageTable.of(6), 0), "outside a cache");
      refused(runner, Pass.ofTokens(new int[] {640}, 0, PageTable.of(0), 0), "text id 640");
      assertThat(text(runner, 1)).isEqualTo(logits);
      assertThatThrownBy(() -> text(runner, 2)).hasMessageContaining("the heads saw 2 rows");
      assertThatThrownBy(() -> audio(runner, 0)).hasMessageContaining("the heads saw 0 rows");
      runner.run(new AudioHead(0, new int[0]));
      float[] sound = audio(runner, 1);
      runner.run(new AudioHead(1, new int[] {40, 41}));
      runner.run(new AudioHead(0, new int[0]));
      assertThat(audio(runner, 1)).as("head 0 begins again").isEqualTo(sound);
    }
  }

  private static void refused(ModelRunner runner, Command command, String part) {
    assertThatThrownBy(() -> runner.run(command))
        .isInstanceOf(MalformedCommandException.class)
        .hasMessageContaining(part);
  }
}
