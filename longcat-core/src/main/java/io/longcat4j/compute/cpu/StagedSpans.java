package io.longcat4j.compute.cpu;

import io.longcat4j.compute.Span;
import java.util.List;

/**
 * Spans in native memory.
 *
 * @param spans address of five int32 for each span, as {@code longcat_cpu.h} wants them
 * @param slots address of the slots of all spans
 * @param slotCount how many
 */
record StagedSpans(long spans, long slots, long slotCount) {
  private static final int FIELDS = 5;

  static StagedSpans of(List<Span> spans, Staging staging) {
    long slotCount = 0;
    int[] fields = new int[FIELDS * spans.size()];
    for (int i = 0; i < spans.size(); i++) {
      Span span = spans.get(i);
      int[] of = {
        span.firstRow(),
        span.rows(),
        span.firstPosition(),
        Math.toIntExact(slotCount),
        span.firstPosition() + span.rows()
      };
      System.arraycopy(of, 0, fields, FIELDS * i, FIELDS);
      slotCount += of[FIELDS - 1];
    }
    staging.start((fields.length + slotCount) * Integer.BYTES);
    long fieldsAddress = staging.ints(fields, fields.length);
    long slotsAddress = fieldsAddress + (long) fields.length * Integer.BYTES;
    for (Span span : spans) {
      staging.ints(span.slots(), span.firstPosition() + span.rows());
    }
    return new StagedSpans(fieldsAddress, slotsAddress, slotCount);
  }
}
