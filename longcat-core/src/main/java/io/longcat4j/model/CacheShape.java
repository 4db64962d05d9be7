package io.longcat4j.model;

import io.longcat4j.RankFailedException;
import io.longcat4j.compute.RowFormat;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all ranks have to allocate alike before they run commands. Rank 0 decides and tells the
 * others.
 *
 * @param pages of the cache, at least 1
 * @param format of its rows
 * @param headRows most rows that heads see in a pass, 1 to {@link LanguageModel#MAX_ROWS}
 */
public record CacheShape(int pages, RowFormat format, int headRows) {
  /** Not how a {@link Command} begins. */
  private static final byte FIRST = (byte) 0xca;

  private static final List<RowFormat> FORMATS =
      List.of(RowFormat.F32, RowFormat.BF16, RowFormat.FP8);
  private static final int BYTES = 1 + 3 * Integer.BYTES;

  /** Checks the numbers. */
  public CacheShape {
    if (pages < 1 || headRows < 1 || headRows > LanguageModel.MAX_ROWS) {
      throw new IllegalArgumentException(
          "a cache of " + pages + " pages and heads that see " + headRows + " rows");
    }
  }

  /** As an order of rank 0. */
  ByteBuffer toBytes() {
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(FIRST)
        .putInt(pages)
        .putInt(FORMATS.indexOf(format))
        .putInt(headRows)
        .flip();
  }

  /** Whether an order is one of these. */
  static boolean isIn(ByteBuffer order) {
    return order.hasRemaining() && order.get(order.position()) == FIRST;
  }

  /** From an order of rank 0, which may hold anything but begins as one of these. */
  static CacheShape read(ByteBuffer order) {
    try {
      ByteBuffer bytes = order.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      bytes.get();
      int pages = bytes.getInt();
      RowFormat format = FORMATS.get(bytes.getInt());
      CacheShape shape = new CacheShape(pages, format, bytes.getInt());
      if (!bytes.hasRemaining()) {
        return shape;
      }
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | IllegalArgumentException notOfOurs) {
      throw malformed(notOfOurs);
    }
    throw malformed(null);
  }

  private static RankFailedException malformed(@Nullable Throwable cause) {
    return new RankFailedException(
        0,
        "",
        "An order of rank 0 does not tell how large the cache is; start all ranks with the same"
            + " version",
        cause);
  }
}
