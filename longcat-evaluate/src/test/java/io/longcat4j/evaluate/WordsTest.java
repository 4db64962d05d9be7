package io.longcat4j.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "It is 92. | it is ninety two",
        "7 + 80 - 13 | seven plus eighty minus thirteen",
        "It isn't left-handed! | it isn't left handed",
        "In 1987 | in one nine eight seven",
        "05 | five",
        "Grün, weiß | grün weiß",
        "你好 world | 你 好 world",
      })
  void numbers_are_spelled_and_punctuation_is_left_out(String sentence, String words) {
    assertThat(Words.of(sentence)).containsExactly(words.split(" "));
  }

  @Test
  void nothing_has_no_words() {
    assertThat(Words.of(" ?!")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "a b c, a b c, 0",
    "a b c, a c, 1",
    "a b c, a x c, 1",
    "a b c, a b b c, 1",
    "a b c, c a b, 2",
    "a b c, x, 3",
  })
  void errors_are_words_changed_added_or_left_out(String said, String heard, int errors) {
    assertThat(Words.errors(Words.of(said), Words.of(heard))).isEqualTo(errors);
  }

  @Property
  void errors_are_a_distance(
      @ForAll List<@CharRange(from = 'a', to = 'c') Character> a,
      @ForAll List<@CharRange(from = 'a', to = 'c') Character> b,
      @ForAll List<@CharRange(from = 'a', to = 'c') Character> c) {
    int ab = errors(a, b);
    assertThat(ab).isEqualTo(errors(b, a)).isBetween(0, Math.max(a.size(), b.size()));
    assertThat(ab == 0).isEqualTo(a.equals(b));
    assertThat(errors(a, c)).isLessThanOrEqualTo(ab + errors(b, c));
  }

  private static int errors(List<Character> said, List<Character> heard) {
    return Words.errors(
        said.stream().map(String::valueOf).toList(), heard.stream().map(String::valueOf).toList());
  }
}
