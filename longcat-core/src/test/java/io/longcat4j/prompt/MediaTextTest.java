package io.longcat4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.VideoSampling.Strategy;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MediaTextTest {

  @Property
  void every_placeholder_is_written_once(
      @ForAll @IntRange(min = 1, max = 40) int pairs,
      @ForAll @IntRange(max = 400) int audio,
      @ForAll @IntRange(min = 1, max = 4) int perSecond,
      @ForAll Strategy strategy) {
    boolean heard = strategy == Strategy.AVERAGE || audio > 0;
    String text = text(pairs, audio, perSecond, strategy);

    assertThat(count(text, Marker.AUDIO_PAD)).isEqualTo(audio);
    assertThat(count(text, Marker.IMAGE_PAD)).isEqualTo(2 * pairs);
    assertThat(count(text, Marker.AUDIO_START)).isEqualTo(heard ? 1 : 0);
    assertThat(IntStream.range(0, pairs)).allMatch(i -> text.contains("[" + i + "]"));
  }

  @Test
  void frames_that_the_sound_does_not_reach_come_first() {
    assertThat(shape(text(3, 13, 1, Strategy.SEQUENTIAL)))
        .isEqualTo("[0]ii[1]ii(aaaaaaaaaaaa[2]iia)");
  }

  @Test
  void a_second_chunk_takes_one_token_more() {
    assertThat(shape(text(3, 30, 1, Strategy.SEQUENTIAL)))
        .isEqualTo("[0]ii(aaaaaaaaaaaa[1]iiaaaaaaaaaaaaa[2]iiaaaaa)");
  }

  @Test
  void a_last_chunk_with_fewer_frames_shows_only_those() {
    assertThat(shape(text(3, 20, 2, Strategy.SEQUENTIAL)))
        .isEqualTo("[0]ii[1]ii(aaaaaaaaaaaa[2]iiaaaaaaaa)");
  }

  @Test
  void average_shares_the_sound_and_leaves_the_rest_for_the_end() {
    assertThat(shape(text(3, 7, 1, Strategy.AVERAGE))).isEqualTo("[0]ii(aa[1]iiaa[2]iiaaa)");
    assertThat(shape(text(2, 4, 1, Strategy.AVERAGE))).isEqualTo("[0]ii(aa[1]iiaa)");
    assertThat(shape(text(1, 3, 1, Strategy.AVERAGE))).isEqualTo("[0]ii(aaa");
  }

  @Test
  void impossible_layouts_are_refused() {
    assertThatThrownBy(() -> new MediaLayout.OfImage(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MediaLayout.Pair("", -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MediaLayout.OfInterleaved(List.of(), 1, Strategy.AVERAGE, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 pairs of frames");
  }

  private static String text(int pairs, int audio, int perSecond, Strategy strategy) {
    List<MediaLayout.Pair> all =
        IntStream.range(0, pairs).mapToObj(i -> new MediaLayout.Pair("[" + i + "]", 2)).toList();
    return MediaText.of(new MediaLayout.OfInterleaved(all, audio, strategy, perSecond));
  }

  private static String shape(String text) {
    return text.replace(Marker.AUDIO_START.text(), "(")
        .replace(Marker.AUDIO_END.text(), ")")
        .replace(Marker.AUDIO_PAD.text(), "a")
        .replace(Marker.IMAGE_PAD.text(), "i");
  }

  private static int count(String text, Marker marker) {
    return text.split(java.util.regex.Pattern.quote(marker.text()), -1).length - 1;
  }
}
