package io.longcat4j.model;

import io.longcat4j.RankFailedException;
import io.longcat4j.compute.RowFormat;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What all ranks have to allocate alike before they run commands. Rank 0 decides and tells the
 * others, in words, since it happens once.
 *
 * @param pages of the cache, at least 1
 * @param format of its rows
 * @param indexing of its blocks
 * @param headRows most rows that heads see in a pass, 1 to {@link LanguageModel#MAX_ROWS}
 * @param arithmetic of rank 0, which all must have
 */
record CacheShape(
    int pages, RowFormat format, CacheIndexing indexing, int headRows, String arithmetic) {
  private static final String WORD = "cache";
  private static final Pattern ORDER =
      Pattern.compile(
          WORD
              + " of (\\d{1,9}) pages in (F32|BF16|FP8), indexed by (SCORES|INT8|PAGES|COLUMNS)"
              + " for (all|\\d{1,6}(?:\\+\\d{1,6}){0,999}), heads of (\\d{1,9}) rows,"
              + " computed by (\\p{Print}{1,200})");

  CacheShape {
    if (pages < 1 || headRows < 1 || headRows > LanguageModel.MAX_ROWS) {
      throw new IllegalArgumentException(
          "a cache of " + pages + " pages and heads that see " + headRows + " rows");
    }
  }

  /** As an order of rank 0. */
  byte[] toBytes() {
    String order =
        WORD
            + " of "
            + pages
            + " pages in "
            + format
            + ", indexed by "
            + indexing.toOrder()
            + ", heads of "
            + headRows
            + " rows, computed by "
            + arithmetic;
    return order.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether an order is one of these; no {@link Command} begins like that. */
  static boolean isIn(byte[] order) {
    return order.length > 0 && order[0] == WORD.charAt(0);
  }

  /** From an order of rank 0, which may hold anything. */
  static CacheShape read(byte[] order) {
    Matcher matcher = ORDER.matcher(new String(order, StandardCharsets.US_ASCII));
    try {
      if (matcher.matches()) {
        return new CacheShape(
            Integer.parseInt(matcher.group(1)),
            RowFormat.valueOf(matcher.group(2)),
            CacheIndexing.parse(matcher.group(3), matcher.group(4)),
            Integer.parseInt(matcher.group(5)),
            matcher.group(6));
      }
    } catch (IllegalArgumentException e) {
      throw malformed(e);
    }
    throw malformed(new IllegalArgumentException("an order of " + order.length + " bytes"));
  }

  /** Fails on a rank whose results would differ in their last bits. */
  void requireSame(String own, int rank) {
    if (!own.equals(arithmetic)) {
      throw new RankFailedException(
          rank,
          "",
          "Rank "
              + rank
              + " computes by "
              + own
              + ", but rank 0 by "
              + arithmetic
              + ", so that they would choose differently; give all ranks the same backend, numerics"
              + " and kind of processor, or processors that differ the same products"
              + " (-Dio.longcat4j.cpu.product=f32)");
    }
  }

  private static RankFailedException malformed(IllegalArgumentException cause) {
    return new RankFailedException(
        0,
        "",
        "An order of rank 0 does not tell how large the cache is; start all ranks with the same"
            + " version",
        cause);
  }
}
