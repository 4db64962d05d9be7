package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.VideoSampling;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.Vision;
import io.longcat4j.prompt.MediaLayout;
import io.longcat4j.prompt.PromptEncoder;
import io.longcat4j.prompt.TurnEncoder;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LiveRowsTest {
  private static final TurnEncoder ENCODER =
      new PromptEncoder(Tokenizer.open(TestData.bf16()), true).turns();
  private static final PromptRows BEFORE = PromptRows.of(new int[] {7});

  private final List<Integer> ids = new ArrayList<>();
  private final List<Float> pictures = new ArrayList<>();
  private final List<Float> sounds = new ArrayList<>();

  @Property(tries = 300)
  void howeverTheyComeTheyAreLaidAsTheWhole(
      @ForAll @IntRange(min = 1, max = 6) int pairs,
      @ForAll @IntRange(max = 40) int more,
      @ForAll @IntRange int seed) {
    ids.clear();
    pictures.clear();
    sounds.clear();
    int tokens = (int) Math.ceil((pairs - 1) / 0.08) + 1 + more;
    Random random = new Random(seed);
    LiveRows rows = new LiveRows(this::medium, BEFORE, true);
    int heard = 0;
    int shown = 0;
    while (heard < tokens || shown < pairs) {
      if (shown < pairs && (heard == tokens || random.nextInt(8) == 0)) {
        rows.see(shown, seen(shown));
        shown++;
      } else {
        int count = Math.min(tokens - heard, 1 + random.nextInt(9));
        rows.hear(numbers(heard, count));
        heard += count;
      }
      rows.advance(shown);
    }
    rows.finish();
    var unused = rows.ended();
    MediaLayout whole =
        new MediaLayout.OfInterleaved(
            IntStream.range(0, pairs).mapToObj(LiveRowsTest::layout).toList(),
            tokens,
            VideoSampling.Strategy.SEQUENTIAL,
            1);
    assertThat(ids).containsExactlyElementsOf(boxed(ENCODER.medium(whole).ids()));
    assertThat(sounds).containsExactlyElementsOf(counted(0, tokens));
    List<Float> expected = new ArrayList<>();
    IntStream.range(0, pairs).forEach(i -> expected.addAll(counted(100 * i, i + 1)));
    assertThat(pictures).containsExactlyElementsOf(expected);
  }

  @Property(tries = 100)
  void soundAloneIsLaidAsTheWhole(
      @ForAll @IntRange(min = 1, max = 60) int tokens, @ForAll @IntRange int seed) {
    ids.clear();
    sounds.clear();
    Random random = new Random(seed);
    LiveRows rows = new LiveRows(this::medium, BEFORE, true);
    int heard = 0;
    while (heard < tokens) {
      int count = Math.min(tokens - heard, 1 + random.nextInt(20));
      rows.hear(numbers(heard, count));
      rows.advance(Integer.MAX_VALUE);
      heard += count;
      assertThat(sounds).hasSize(heard);
    }
    rows.finish();
    var unused = rows.ended();
    assertThat(ids)
        .containsExactlyElementsOf(boxed(ENCODER.medium(new MediaLayout.OfAudio(tokens)).ids()));
  }

  @Test
  void picturesAloneAreLaidAtOnce() {
    LiveRows rows = new LiveRows(this::medium, BEFORE, false);
    rows.see(0, seen(0));
    rows.advance(1);
    assertThat(pictures).hasSize(1);
    rows.see(3, seen(3));
    rows.advance(4);
    rows.finish();
    assertThat(rows.ended()).isSameAs(rows.rows());
    MediaLayout whole = new MediaLayout.OfVideo(List.of(layout(0), layout(3)));
    assertThat(ids).containsExactlyElementsOf(boxed(ENCODER.medium(whole).ids()));
  }

  @Test
  void soundWaitsForThePicturesOfItsSecondUntilTheyAreKnown() {
    LiveRows rows = new LiveRows(this::medium, BEFORE, true);
    rows.hear(numbers(0, 13));
    rows.advance(0);
    assertThat(rows.rows()).isSameAs(BEFORE);
    assertThat(rows.ended()).isSameAs(BEFORE);
    rows.see(0, seen(0));
    rows.advance(1);
    assertThat(pictures).hasSize(1);
    assertThat(sounds).hasSize(12);
    rows.advance(2);
    assertThat(sounds).hasSize(13);
    assertThat(rows.ended().rows()).isEqualTo(rows.rows().rows() + 1);
  }

  @Test
  void picturesThatNoSoundReachesComeAtTheEnd() {
    LiveRows rows = new LiveRows(this::medium, BEFORE, true);
    rows.hear(numbers(0, 3));
    rows.see(0, seen(0));
    rows.see(1, seen(1));
    rows.advance(2);
    assertThat(pictures).hasSize(1);
    rows.finish();
    assertThat(pictures).hasSize(3);
    assertThat(sounds).hasSize(3);
  }

  private PromptRows medium(EncodedMedia piece) {
    int[] more = ENCODER.medium(piece.layout()).ids();
    ids.addAll(boxed(more));
    take(piece.images(), pictures);
    take(piece.sounds(), sounds);
    return PromptRows.of(more);
  }

  private static void take(@Nullable Embeddings rows, List<Float> into) {
    if (rows != null) {
      for (float value : rows.values()) {
        into.add(value);
      }
    }
  }

  private static MediaLayout.Pair layout(int second) {
    return new MediaLayout.Pair("second{" + second + ".5}:", second + 1);
  }

  private static Vision.Seen seen(int second) {
    return new Vision.Seen(
        List.of(layout(second)),
        numbers(100 * second, second + 1),
        VideoSampling.Strategy.SEQUENTIAL,
        1,
        List.of());
  }

  private static Embeddings numbers(int from, int count) {
    float[] values = new float[count];
    IntStream.range(0, count).forEach(i -> values[i] = from + i);
    return new Embeddings(count, 1, values);
  }

  private static List<Float> counted(int from, int count) {
    return IntStream.range(from, from + count).mapToObj(i -> (float) i).toList();
  }

  private static List<Integer> boxed(int[] values) {
    return IntStream.of(values).boxed().toList();
  }
}
