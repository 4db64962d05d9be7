package io.longcat4j.vision.picture;

import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The rows of a PNG as they come out of its compressed data. Not thread-safe; to be closed. */
final class PngRows implements AutoCloseable {
  /** Rows may be very long: between pieces of them it is asked whether they are still wanted. */
  private static final int PIECE_BYTES = 1 << 20;

  private final Inflater inflater = new Inflater();
  private final List<FileBytes> data;
  private final int step;
  private final Cancellation wanted;
  private int nextPiece;

  PngRows(PngHeader header, List<FileBytes> data, Cancellation wanted) {
    this.step = header.filterStep();
    this.data = data;
    this.wanted = wanted;
  }

  /**
   * Reads a row.
   *
   * @param row receives it; holds the row before, or zeros
   */
  void next(byte[] row) throws IOException {
    byte[] filter = new byte[1];
    inflate(filter);
    byte[] before = filter[0] > 1 ? row.clone() : row;
    inflate(row);
    for (int from = 0; from < row.length; from += PIECE_BYTES) {
      wanted.check();
      unfilter(filter[0], row, before, from, Math.min(row.length, from + PIECE_BYTES));
    }
  }

  private void unfilter(int filter, byte[] row, byte[] before, int from, int to)
      throws IOException {
    switch (filter) {
      case 0 -> {}
      case 1 -> addLeft(row, from, to);
      case 2 -> addAbove(row, before, from, to);
      case 3 -> addAverage(row, before, from, to);
      case 4 -> addPaeth(row, before, from, to);
      default -> throw new IOException("it has a row with the unknown filter " + filter);
    }
  }

  /** Checks what is left of the stream as far as it says anything about what was read. */
  void finish() throws IOException {
    byte[] more = new byte[1];
    try {
      while (!inflater.finished() && inflater.inflate(more) == 0) {
        if (!inflater.needsInput() || !feed()) {
          return;
        }
      }
    } catch (DataFormatException e) {
      throw damaged(e);
    }
  }

  private void inflate(byte[] into) throws IOException {
    int at = 0;
    while (at < into.length) {
      try {
        wanted.check();
        int got = inflater.inflate(into, at, Math.min(PIECE_BYTES, into.length - at));
        at += got;
        if (got == 0 && (inflater.finished() || inflater.needsDictionary() || !feed())) {
          throw FileBytes.cutOff();
        }
      } catch (DataFormatException e) {
        throw damaged(e);
      }
    }
  }

  private boolean feed() throws IOException {
    if (nextPiece == data.size()) {
      return false;
    }
    FileBytes piece = data.get(nextPiece++);
    inflater.setInput(piece.bytes(piece.remaining()));
    return true;
  }

  private static IOException damaged(DataFormatException e) {
    return new IOException("its compressed data are damaged", e);
  }

  private void addLeft(byte[] row, int from, int to) {
    for (int i = Math.max(step, from); i < to; i++) {
      row[i] += row[i - step];
    }
  }

  private static void addAbove(byte[] row, byte[] before, int from, int to) {
    for (int i = from; i < to; i++) {
      row[i] += before[i];
    }
  }

  private void addAverage(byte[] row, byte[] before, int from, int to) {
    for (int i = from; i < to; i++) {
      int left = i < step ? 0 : row[i - step] & 0xff;
      row[i] += (byte) ((left + (before[i] & 0xff)) / 2);
    }
  }

  private void addPaeth(byte[] row, byte[] before, int from, int to) {
    for (int i = from; i < to; i++) {
      int left = i < step ? 0 : row[i - step] & 0xff;
      int corner = i < step ? 0 : before[i - step] & 0xff;
      row[i] += (byte) paeth(left, before[i] & 0xff, corner);
    }
  }

  /** The one of three neighbours that is nearest to their plane. */
  private static int paeth(int left, int above, int corner) {
    int fromLeft = Math.abs(above - corner);
    int fromAbove = Math.abs(left - corner);
    int fromCorner = Math.abs(left + above - 2 * corner);
    if (fromLeft <= fromAbove && fromLeft <= fromCorner) {
      return left;
    }
    return fromAbove <= fromCorner ? above : corner;
  }

  @Override
  public void close() {
    inflater.end();
  }
}
