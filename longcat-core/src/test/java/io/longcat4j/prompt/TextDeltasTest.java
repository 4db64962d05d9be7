package io.longcat4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.TextDecoder;
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
import org.jspecify.annotations.Nullable;

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
    StringBuilder decoded = new StringBuilder();
    TextDecoder decoder = TOKENIZER.decoder();
    for (int id : idsOf(text, new Random(seed))) {
      String delta = deltas.feed(id);
      assertThat(delta.codePoints()).noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
      whole.append(delta);
      decoded.append(decoder.feed(id));
      assertThat(deltas.isStopped()).isEqualTo(firstStop(decoded.toString(), stops) >= 0);
      if (deltas.isStopped()) {
        break;
      }
    }
    whole.append(deltas.finish());
    int end = firstStop(text, stops);
    assertThat(whole).hasToString(end < 0 ? text.strip() : text.substring(0, end).stripLeading());
    assertThat(deltas.isStopped()).isEqualTo(end >= 0);
  }

  private record Stopped(String text, int ids) {}

  /** Null where nothing stops. */
  private static @Nullable Stopped stopped(String markedText, String... stops) {
    TextDeltas deltas = new TextDeltas(new ReplyText(TOKENIZER, TOKENS), List.of(stops));
    StringBuilder text = new StringBuilder();
    int count = 0;
    for (int id : TOKENIZER.encode(Marker.toTokens(markedText))) {
      text.append(deltas.feed(id));
      count++;
      if (deltas.isStopped()) {
        return new Stopped(text.append(deltas.finish()).toString(), count);
      }
    }
    text.append(deltas.finish());
    return null;
  }

  @Example
  void aStopOfWhiteSpaceFiresAtOnceAtTheBeginningToo() {
    assertThat(stopped("\n\n\n", "\n")).isEqualTo(new Stopped("", 1));
    assertThat(stopped("ab \n\n", "\n")).isNotNull().extracting("text").isEqualTo("ab ");
    assertThat(stopped("a\n", "a\n")).isEqualTo(new Stopped("", 2));
    assertThat(stopped("one. two", ". ")).isEqualTo(new Stopped("one", 4));
    assertThat(stopped("a.", ".")).isEqualTo(new Stopped("a", 2));
    assertThat(stopped("\u3000a", "\u3000")).isNotNull().extracting("text").isEqualTo("");
  }

  @Example
  void aStopOfAPauseFiresAtThePause() {
    assertThat(stopped("a.</pause>b", "</pause>")).isEqualTo(new Stopped("a.", 3));
    assertThat(stopped("ab</pause>b", "b</pause>")).isNotNull().extracting("text").isEqualTo("a");
    assertThat(stopped("a</pause>b</longcat_s>c", "</longcat_s>"))
        .isNotNull()
        .extracting("text")
        .isEqualTo("ab");
    assertThat(stopped("ab</pause>", "</pause>", "a")).isEqualTo(new Stopped("", 1));
  }

  @Example
  void otherStopsMatchWhatAReaderGetsAcrossPausesToo() {
    assertThat(stopped("xa</pause>b", "ab")).isNotNull().extracting("text").isEqualTo("x");
    assertThat(stopped("x.</pause>b", ". b")).isNotNull().extracting("text").isEqualTo("x");
    assertThat(stopped("x.</pause>b", ".b")).isNull();
    assertThat(stopped("x.</pause></pause>b", ". b")).isNotNull();
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
    TextDecoder decoder = TOKENIZER.decoder();
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
            "\n",
            ".",
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
            "ab",
            "b",
            "aba",
            "abab",
            "\ud83d\ude00",
            "\ud83d\ude03 ",
            "d\u00e9",
            "aa",
            "a b",
            "\n",
            " ",
            "\n ",
            ". ",
            ".",
            "b\n")
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
