package io.longcat4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TextDeltasTest {
  private static final Tokenizer TOKENIZER = Tokenizer.open(TestData.bf16());
  private static final SpecialTokens TOKENS = SpecialTokens.of(TOKENIZER);
  private static final int[] ID_OF_BYTE = idOfByte();

  private static int[] idOfByte() {
    int[] ids = new int[256];
    for (int id = TOKENIZER.idBound() - 1; id > 0; id--) {
      byte[] bytes = TOKENIZER.bytesOf(id);
      if (bytes.length == 1) {
        ids[bytes[0] & 0xff] = id;
      }
    }
    return ids;
  }

  /** Some stretches as the tokenizer cuts them, some byte by byte. */
  private static List<Integer> idsOf(String text, Random random) {
    List<Integer> ids = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int to =
          text.offsetByCodePoints(
              from, 1 + random.nextInt(text.codePointCount(from, text.length())));
      String part = text.substring(from, to);
      if (random.nextBoolean()) {
        for (int id : TOKENIZER.asPlainText().encode(part)) {
          ids.add(id);
        }
      } else {
        for (byte b : part.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
          ids.add(ID_OF_BYTE[b & 0xff]);
        }
      }
      from = to;
    }
    return ids;
  }

  @Property
  void piecesAreWholeCharactersAndTogetherTheTextUpToTheFirstStop(
      @ForAll("texts") String text, @ForAll("stops") List<String> stops, @ForAll long seed) {
    TextDeltas deltas = new TextDeltas(new ReplyText(TOKENIZER, TOKENS), stops);
    StringBuilder whole = new StringBuilder();
    for (int id : idsOf(text, new Random(seed))) {
      String delta = deltas.feed(id);
      assertThat(delta.codePoints()).noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
      whole.append(delta);
      if (deltas.isStopped()) {
        break;
      }
    }
    whole.append(deltas.finish());
    String expected = text.strip();
    int end = firstStop(expected, stops);
    assertThat(whole).hasToString(end < 0 ? expected : expected.substring(0, end));
    assertThat(deltas.isStopped()).isEqualTo(end >= 0);
  }

  /** Where the stop string begins that is complete first; the longest of equals. */
  private static int firstStop(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String sofar = text.substring(0, end);
      int start =
          stops.stream()
              .filter(sofar::endsWith)
              .mapToInt(s -> sofar.length() - s.length())
              .min()
              .orElse(-1);
      if (start >= 0) {
        return start;
      }
    }
    return -1;
  }

  @Property
  void piecesComeAsSoonAsNoStopCanBeginInThem(@ForAll("texts") String text, @ForAll long seed) {
    List<String> stops = List.of("STOP");
    TextDeltas deltas = new TextDeltas(ReplyText.verbatim(TOKENIZER, TOKENS.eos()), stops);
    StringBuilder given = new StringBuilder();
    StringBuilder decoded = new StringBuilder();
    io.longcat4j.tokenizer.TextDecoder decoder = TOKENIZER.decoder();
    for (int id : idsOf(text, new Random(seed))) {
      given.append(deltas.feed(id));
      decoded.append(decoder.feed(id));
      String held = decoded.substring(given.length());
      assertThat(decoded.toString()).startsWith(given.toString());
      assertThat("STOP").startsWith(held);
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "a",
            "b",
            "ab",
            "ST",
            "S",
            "O",
            " ",
            "word",
            "\u00e9",
            "\u4e2d",
            "\ud83d\ude00",
            "\ud83d\ude03",
            "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
            "\ud83d\udc4d\ud83c\udffd",
            "<",
            "</")
        .list()
        .ofMaxSize(14)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<List<String>> stops() {
    return Arbitraries.of(
            "ab", "b", "aba", "abab", "\ud83d\ude00", "\ud83d\ude03 ", "d\u00e9", "aa", "a b")
        .list()
        .uniqueElements()
        .ofMaxSize(3);
  }

  @Example
  void halfACharacterAtTheEndIsReplaced() {
    TextDeltas deltas = new TextDeltas(new ReplyText(TOKENIZER, TOKENS), List.of());
    assertThat(deltas.feed(ID_OF_BYTE[0xf0]) + deltas.feed(ID_OF_BYTE[0x9f])).isEmpty();
    assertThat(deltas.finish()).isEqualTo("\ufffd");
  }

  @Example
  void verbatimTextKeepsSpacesAndSpelledMarkers() {
    ReplyText text = ReplyText.verbatim(TOKENIZER, TOKENS.eos());
    StringBuilder whole = new StringBuilder();
    for (int id : TOKENIZER.asPlainText(TOKENS.controlIds()).encode(" a.</pause> </longcat_s> ")) {
      whole.append(text.feed(id));
    }
    whole.append(text.feed(TOKENS.eos())).append(text.finish());
    assertThat(whole).hasToString(" a.</pause> </longcat_s> ");
  }
}
