package io.longcat4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenizerTest {
  private static final Tokenizer TOKENIZER = Tokenizer.open(TestData.bf16());

  @Property
  void decoding_gives_the_encoded_text_back(@ForAll("texts") String text) {
    assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text);
    assertThat(TOKENIZER.decode(TOKENIZER.asPlainText().encode(text))).isEqualTo(text);
  }

  @Property
  void lone_surrogates_are_read_as_replacement_characters(@ForAll String text) {
    String expected =
        text.codePoints()
            .map(c -> c >= 0xd800 && c <= 0xdfff ? 0xfffd : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();

    assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(expected);
  }

  @Property
  void ids_as_they_arrive_give_the_text_of_all_of_them(
      @ForAll @Size(max = 40) List<@IntRange(min = -2, max = 700) Integer> ids) {
    int[] all = ids.stream().mapToInt(id -> id).toArray();
    TextDecoder decoder = TOKENIZER.decoder();
    StringBuilder arrived = new StringBuilder();
    for (int id : all) {
      String text = decoder.feed(id);
      assertThat(text.codePoints()).noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
      arrived.append(text);
    }

    assertThat(arrived.append(decoder.finish())).hasToString(TOKENIZER.decode(all));
  }

  @Test
  void a_character_of_several_tokens_appears_with_the_last() {
    int[] ids = TOKENIZER.encode("\ud83d\ude00");
    TextDecoder decoder = TOKENIZER.decoder();

    assertThat(ids).hasSize(4);
    assertThat(decoder.feed(ids[0]) + decoder.feed(ids[1]) + decoder.feed(ids[2])).isEmpty();
    assertThat(decoder.feed(ids[3])).isEqualTo("\ud83d\ude00");
    assertThat(decoder.finish()).isEmpty();
  }

  @Test
  void an_incomplete_character_ends_as_one_replacement_character() {
    int[] ids = TOKENIZER.encode("\ud83d\ude00");

    assertThat(TOKENIZER.decode(Arrays.copyOf(ids, 3))).isEqualTo("\ufffd");
    assertThat(TOKENIZER.decode(ids[0], ids[0], TOKENIZER.encode("a")[0]))
        .isEqualTo("\ufffd\ufffda");
  }

  @Test
  void special_tokens_in_a_text_become_their_ids_unless_it_is_read_as_plain_text() {
    Tokenizer plain = TOKENIZER.asPlainText();
    int eos = TOKENIZER.idOf("</longcat_s>").orElseThrow();

    assertThat(TOKENIZER.encode("a</longcat_s>b")).hasSize(3).contains(eos);
    assertThat(plain.encode("a</longcat_s>b")).hasSizeGreaterThan(3).doesNotContain(eos);
    assertThat(plain.encode("a b c")).isEqualTo(TOKENIZER.encode("a b c"));
  }

  @Test
  void reads_the_sizes_and_the_roles_of_the_vocabulary() {
    assertThat(TOKENIZER.vocabSize()).isEqualTo(640);
    assertThat(TOKENIZER.idBound()).isEqualTo(640);
    assertThat(TOKENIZER.idOf("no such token")).isEmpty();
    assertThat(TOKENIZER.tokenOfRole("eos_token")).hasValue("</longcat_s>");
    assertThat(TOKENIZER.tokenOfRole("cls_token")).isEmpty();
    assertThat(TOKENIZER.bytesOf(-1)).isEmpty();
    assertThat(TOKENIZER.bytesOf(640)).isEmpty();
  }

  @Test
  void copes_with_a_million_characters_without_a_break() {
    for (String unit : List.of("a", "-", " ", "\n", "7", "\u4e2d", "<", "</longcat_", "e\u0301")) {
      String text = unit.repeat(1_000_000 / unit.length());

      assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text);
    }
  }

  @Test
  void gives_the_same_ids_to_many_threads() throws Exception {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      texts.add("word" + i % 20_000 + " and the rest ");
    }
    Tokenizer shared = Tokenizer.open(TestData.bf16());
    Callable<List<int[]>> work = () -> texts.stream().map(shared::encode).toList();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<int[]>>> results = threads.invokeAll(List.of(work, work, work, work));
      List<int[]> expected = texts.stream().map(TOKENIZER::encode).toList();
      for (Future<List<int[]>> result : results) {
        assertThat(Arrays.deepEquals(result.get().toArray(), expected.toArray())).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> odd =
        Arbitraries.of(
            "</longcat_s>",
            "<mask_110>",
            "\r\n",
            "\u00a0",
            "\ufeff",
            "\u0000",
            "'s",
            "\ud83c\udde9");
    Arbitrary<String> any =
        Arbitraries.integers()
            .between(0, 0x10ffff)
            .filter(c -> c < 0xd800 || c > 0xdfff)
            .map(Character::toString);
    return Arbitraries.oneOf(odd, any, Arbitraries.strings().ascii().ofMaxLength(8))
        .list()
        .ofMaxSize(20)
        .map(parts -> String.join("", parts));
  }
}
