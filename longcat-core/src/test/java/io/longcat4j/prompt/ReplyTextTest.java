package io.longcat4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ReplyTextTest {
  private static final Tokenizer TOKENIZER = Tokenizer.open(TestData.bf16());
  private static final SpecialTokens TOKENS = SpecialTokens.of(TOKENIZER);

  @Test
  void turns_a_pause_after_a_full_stop_into_a_space_and_drops_other_pauses() {
    assertThat(reply("First.</pause>Second</pause>, third.</pause></longcat_s>"))
        .isEqualTo("First. Second, third.");
  }

  @Test
  void drops_the_end_of_the_message_and_strips_white_space_as_python_does() {
    assertThat(reply("\u00a0\u0085\u001c\n hi there \u3000\u2028\n</longcat_s>"))
        .isEqualTo("hi there");
  }

  @Test
  void keeps_the_beginning_of_the_conversation_and_other_markers() {
    assertThat(reply("<longcat_s>a<|audio_pad|><image>b"))
        .isEqualTo("<longcat_s>a<|audio_pad|><image>b");
  }

  @Test
  void passes_over_ids_up_to_zero() {
    int[] hi = TOKENIZER.encode("hi");
    int[] ids = {-5_000_000, 0, hi[0], -1, hi[1], 0};
    assertThat(hi).hasSize(2);

    assertThat(ReplyText.of(TOKENIZER, TOKENS, ids)).isEqualTo("hi");
  }

  @Test
  void of_nothing_is_empty() {
    assertThat(ReplyText.of(TOKENIZER, TOKENS)).isEmpty();
    assertThat(reply(" \n</longcat_s>")).isEmpty();
  }

  @Test
  void begins_afresh_after_the_end() {
    ReplyText reply = new ReplyText(TOKENIZER, TOKENS);
    for (int id : TOKENIZER.encode("one </pau")) {
      reply.feed(id);
    }
    reply.finish();

    StringBuilder second = new StringBuilder();
    for (int id : TOKENIZER.encode(" two")) {
      second.append(reply.feed(id));
    }

    assertThat(second.append(reply.finish())).hasToString("two");
  }

  @Property
  void as_it_arrives_equals_the_published_rule_for_the_whole(
      @ForAll("texts") String text, @ForAll boolean spelledOut) {
    Tokenizer plain = TOKENIZER.asPlainText();
    int[] ids = spelledOut ? plain.encode(text) : TOKENIZER.encode(Marker.toTokens(text));
    ReplyText reply = new ReplyText(TOKENIZER, TOKENS);
    StringBuilder arrived = new StringBuilder();
    for (int id : ids) {
      arrived.append(reply.feed(id));
    }

    assertThat(arrived.append(reply.finish())).hasToString(wholeRule(ids));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "</pause>",
            ".</pause>",
            "</longcat_s>",
            "</pau",
            "se>",
            ".",
            "..",
            " ",
            "\n",
            "<mask_113>",
            "<mask_11",
            "8>",
            "\u00e9",
            "\ud83d\ude00",
            "word",
            "</",
            "<|audio_pad|>",
            "\u00a0",
            "x.")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  private static String reply(String text) {
    return ReplyText.of(TOKENIZER, TOKENS, TOKENIZER.encode(Marker.toTokens(text)));
  }

  private static String wholeRule(int... ids) {
    int[] kept = Arrays.stream(ids).filter(id -> id > 0).toArray();
    return Marker.fromTokens(TOKENIZER.decode(kept))
        .replace(".</pause>", ". ")
        .replace("</pause>", "")
        .replace("</longcat_s>", "")
        .replaceAll("^[\\p{IsWhite_Space}\\x1c-\\x1f]+|[\\p{IsWhite_Space}\\x1c-\\x1f]+\\z", "");
  }
}
