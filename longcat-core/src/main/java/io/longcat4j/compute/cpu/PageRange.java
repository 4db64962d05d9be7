package io.longcat4j.compute.cpu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Consecutive whole pages of memory.
 *
 * @param address where they begin
 * @param bytes how many
 */
record PageRange(long address, long bytes) {

  /** The pages that a run of bytes touches. */
  static PageRange around(long address, long bytes, long pageBytes) {
    long start = Math.floorDiv(address, pageBytes) * pageBytes;
    long end = -Math.floorDiv(-(address + bytes), pageBytes) * pageBytes;
    return new PageRange(start, end - start);
  }

  /** The pages that a run of bytes fills; perhaps none. */
  static PageRange within(long address, long bytes, long pageBytes) {
    long start = -Math.floorDiv(-address, pageBytes) * pageBytes;
    long end = Math.floorDiv(address + bytes, pageBytes) * pageBytes;
    return new PageRange(start, Math.max(0, end - start));
  }

  /** The same pages, each once, in rising order. */
  static List<PageRange> merged(List<PageRange> ranges) {
    List<PageRange> rising = new ArrayList<>(ranges);
    rising.sort(Comparator.comparingLong(PageRange::address));
    List<PageRange> merged = new ArrayList<>();
    for (PageRange range : rising) {
      PageRange last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last == null || range.address() > last.end()) {
        merged.add(range);
      } else {
        long end = Math.max(last.end(), range.end());
        merged.set(merged.size() - 1, new PageRange(last.address(), end - last.address()));
      }
    }
    return merged;
  }

  /** This in pieces. */
  List<PageRange> pieces(long pieceBytes) {
    List<PageRange> pieces = new ArrayList<>();
    for (long from = 0; from < bytes; from += pieceBytes) {
      pieces.add(new PageRange(address + from, Math.min(pieceBytes, bytes - from)));
    }
    return pieces;
  }

  private long end() {
    return address + bytes;
  }
}
