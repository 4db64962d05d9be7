package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.cache.PageCopy;
import io.longcat4j.tensor.HostRows;
import java.util.List;
import org.junit.jupiter.api.Test;

class PassLimitsTest {
  private static final PassLimits LIMITS = new PassLimits(4, 2, 3, 10, 2, 6, 5);
  private static final PassLimits MUTE = new PassLimits(4, 2, 3, 10, 0, 1, 5);

  private static final List<PageCopy> NO_COPIES = List.of();
  private static final int[] IDS = {-1, 9, 0};
  private static final int[] NO_ROWS = Pass.NO_ROWS;
  private static final int[][] SILENT = Pass.SILENT;
  private static final List<Span> SPANS = List.of(span(0, 2, 15, 0, 2), span(2, 1, 0, 1));

  private static Span span(int firstRow, int rows, int position, int... pages) {
    return new Span(firstRow, rows, position, PageTable.of(pages), AttentionPolicy.topK(3));
  }

  private static Pass of(List<Span> spans) {
    return new Pass(NO_COPIES, IDS, SILENT, List.of(), spans, NO_ROWS, NO_ROWS);
  }

  private static Pass ofIds(int... ids) {
    return new Pass(NO_COPIES, ids, SILENT, List.of(), SPANS, NO_ROWS, NO_ROWS);
  }

  private static Pass ofSound(int[]... ids) {
    return new Pass(NO_COPIES, IDS, ids, List.of(), SPANS, NO_ROWS, NO_ROWS);
  }

  private static Pass ofCopy(int from, int to, int positions) {
    List<PageCopy> copies = List.of(new PageCopy(from, to, positions));
    return new Pass(copies, IDS, SILENT, List.of(), SPANS, NO_ROWS, NO_ROWS);
  }

  private static Pass ofRows(int[] text, int[] audio) {
    return new Pass(NO_COPIES, IDS, SILENT, List.of(), SPANS, text, audio);
  }

  private static Pass ofEncoded(int firstRow, int rows, int columns) {
    HostRows values = HostRows.copyOf(new float[rows * columns], 0, rows, columns);
    List<EncodedRows> encoded = List.of(new EncodedRows(firstRow, values));
    return new Pass(NO_COPIES, IDS, SILENT, encoded, SPANS, NO_ROWS, NO_ROWS);
  }

  private static void refused(Pass pass, String part) {
    assertThatThrownBy(() -> LIMITS.check(pass))
        .isInstanceOf(MalformedCommandException.class)
        .hasMessageContaining(part);
  }

  @Test
  void whatKeepsToTheLimitsPasses() {
    assertThatCode(() -> LIMITS.check(ofRows(new int[] {0, 2}, new int[] {1})))
        .doesNotThrowAnyException();
    assertThatCode(() -> LIMITS.check(ofSound(new int[] {-1, 5, 0}, IDS_OF_SOUND)))
        .doesNotThrowAnyException();
    assertThatCode(() -> LIMITS.check(ofCopy(2, 0, 16))).doesNotThrowAnyException();
    assertThatCode(() -> LIMITS.check(ofEncoded(0, 1, 5))).doesNotThrowAnyException();
  }

  private static final int[] IDS_OF_SOUND = {5, 5, 5};

  @Test
  void rowsAndSpansThatDoNotFitAreRefused() {
    refused(ofIds(), "0 rows of a pass");
    refused(ofIds(1, 2, 3, 4, 5), "5 rows of a pass");
    refused(ofIds(1, 2), "after 2 of 2 rows");
    refused(ofIds(1, 2, 3, 4), "3 rows in spans");
    refused(of(List.of(span(0, 2, 0, 0))), "2 rows in spans");
    refused(of(List.of(span(1, 3, 0, 0))), "after 0 of 3 rows");
    refused(of(List.of(span(0, 4, 0, 0))), "after 0 of 3 rows");
    refused(of(List.of(span(0, Integer.MAX_VALUE, 0, 0))), "after 0 of 3 rows");
    refused(of(List.of(span(0, 0, 0, 0), span(0, 3, 0, 0))), "after 0 of 3 rows");
    refused(of(List.of(span(0, 3, -1, 0))), "after 0 of 3 rows");
    refused(of(List.of(span(0, 3, 14, 0))), "reaches beyond its pages");
    refused(of(List.of(span(0, 3, Integer.MAX_VALUE, 0))), "reaches beyond its pages");
    refused(of(List.of(span(0, 3, 0))), "reaches beyond its pages");
  }

  @Test
  void pagesOutsideTheCacheAreRefusedWhereTheyAreInUse() {
    for (int page : new int[] {-1, 3, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      refused(of(List.of(span(0, 3, 14, 0, page))), "outside a cache of 3 pages");
      assertThatCode(() -> LIMITS.check(of(List.of(span(0, 3, 13, 0, page)))))
          .doesNotThrowAnyException();
      refused(ofCopy(page, 0, 1), "in a cache of 3 pages");
      refused(ofCopy(0, page, 1), "in a cache of 3 pages");
    }
    refused(ofCopy(1, 1, 1), "from=1, to=1");
    refused(ofCopy(1, 2, 0), "positions=0");
    refused(ofCopy(1, 2, 17), "positions=17");
  }

  @Test
  void idsOutsideTheirVocabularyAreRefused() {
    refused(ofIds(1, 10, 3), "text id 10 does not lie between -1 and 9");
    refused(ofIds(1, -2, 3), "text id -2");
    refused(ofSound(new int[] {0, 6, 0}, new int[3]), "audio id 6 does not lie between -1 and 5");
    refused(ofSound(new int[3]), "1 audio heads, where 2");
    refused(ofSound(new int[3], new int[2]), "2 ids of an audio head, where 3");
  }

  @Test
  void rowsOfHeadsRiseAndAreThere() {
    refused(ofRows(new int[] {0, 0}, NO_ROWS), "text row 0 after 0");
    refused(ofRows(new int[] {2, 1}, NO_ROWS), "text row 1 after 2");
    refused(ofRows(new int[] {-1}, NO_ROWS), "text row -1");
    refused(ofRows(NO_ROWS, new int[] {3}), "audio row 3");
    refused(ofRows(new int[] {0, 1, 2}, NO_ROWS), "3 rows of a head, where 2");
    assertThatThrownBy(() -> MUTE.check(ofRows(NO_ROWS, new int[] {0})))
        .hasMessageContaining("does not speak");
    assertThatThrownBy(() -> MUTE.check(ofSound(new int[3], new int[3])))
        .hasMessageContaining("2 audio heads, where 0");
  }

  @Test
  void encodedRowsTakeThePlaceOfNoToken() {
    refused(ofEncoded(1, 1, 5), "row 1 is fed a token and the row of an encoder");
    refused(ofEncoded(0, 1, 4), "in a pass of 3 rows of 5");
    refused(ofEncoded(-1, 1, 5), "in a pass of 3 rows");
    refused(ofEncoded(0, 4, 5), "in a pass of 3 rows");
    refused(ofEncoded(0, 0, 5), "in a pass of 3 rows");
    EncodedRows first = new EncodedRows(0, HostRows.copyOf(new float[5], 0, 1, 5));
    Pass twice = new Pass(NO_COPIES, IDS, SILENT, List.of(first, first), SPANS, NO_ROWS, NO_ROWS);
    refused(twice, "in a pass of 3 rows");
  }

  @Test
  void whatFollowsAPassFitsIt() {
    Pass pass = ofRows(NO_ROWS, new int[] {0, 2});
    LIMITS.check(new Draft(new int[] {9, -1, 0}, new int[] {2}), pass);
    LIMITS.check(new AudioHead(0, new int[0]), pass, 0);
    LIMITS.check(new AudioHead(1, new int[] {5, -1}), pass, 1);
    for (Draft wrong :
        List.of(
            new Draft(new int[2], NO_ROWS),
            new Draft(new int[] {10, 0, 0}, NO_ROWS),
            new Draft(new int[3], new int[] {3}))) {
      assertThatThrownBy(() -> LIMITS.check(wrong, pass))
          .isInstanceOf(MalformedCommandException.class);
    }
    for (AudioHead wrong :
        List.of(
            new AudioHead(-1, new int[2]),
            new AudioHead(2, new int[2]),
            new AudioHead(0, new int[2]),
            new AudioHead(1, new int[1]),
            new AudioHead(1, new int[] {6, 0}))) {
      assertThatThrownBy(() -> LIMITS.check(wrong, pass, 1))
          .isInstanceOf(MalformedCommandException.class);
    }
    assertThatThrownBy(() -> LIMITS.check(new AudioHead(1, new int[2]), pass, 0))
        .hasMessageContaining("audio head 1 of 2, after -1");
    assertThatThrownBy(() -> LIMITS.check(new AudioHead(0, new int[0]), of(SPANS), 0))
        .hasMessageContaining("0 rows of an audio head");
  }
}
