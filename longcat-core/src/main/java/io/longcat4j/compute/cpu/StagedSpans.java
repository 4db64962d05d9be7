package io.longcat4j.compute.cpu;

import io.longcat4j.compute.Span;
import java.util.List;

/** The spans of one operation in native memory; used again by the next. */
final class StagedSpans {
  private static final int FIELDS = 5;

  private int[] fields = new int[FIELDS];
  private long spans;
  private long slots;
  private long slotCount;

  /** Copies spans and slots; what was put before is void. */
  void put(List<Span> of, Staging staging) {
    int length = FIELDS * of.size();
    fields = fields.length < length ? new int[length] : fields;
    slotCount = 0;
    for (int i = 0; i < of.size(); i++) {
      Span span = of.get(i);
      int field = FIELDS * i;
      fields[field] = span.firstRow();
      fields[field + 1] = span.rows();
      fields[field + 2] = span.firstPosition();
      fields[field + 3] = Math.toIntExact(slotCount);
      fields[field + 4] = span.firstPosition() + span.rows();
      slotCount += fields[field + 4];
    }
    staging.start((length + slotCount) * Integer.BYTES);
    spans = staging.ints(fields, length);
    slots = spans + (long) length * Integer.BYTES;
    for (int i = 0; i < of.size(); i++) {
      staging.ints(of.get(i).slots(), fields[FIELDS * i + 4]);
    }
  }

  /** Address of five int32 for each span, as {@code longcat_cpu.h} wants them. */
  long spans() {
    return spans;
  }

  /** Address of the slots of all spans. */
  long slots() {
    return slots;
  }

  long slotCount() {
    return slotCount;
  }
}
