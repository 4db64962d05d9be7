package io.longcat4j.cache;

import java.util.ArrayList;
import java.util.List;

/** What the pages of a cache hold, one number a position, changed as passes change it. */
final class PageMemory {
  private static final int PAGE = PagedCache.PAGE_POSITIONS;

  private final PagedCache cache;
  private final float[] slots;
  private final List<PageCopy> pending = new ArrayList<>();

  PageMemory(PagedCache cache) {
    this.cache = cache;
    this.slots = new float[cache.pages() * PAGE];
  }

  /** Makes the copies that have been noted, however long ago. */
  void pass() {
    pending.addAll(cache.takeCopies());
    pending.forEach(copy -> copy(copy, slots));
    pending.clear();
  }

  private static void copy(PageCopy copy, float[] into) {
    int positions = copy.positions();
    System.arraycopy(into, copy.from() * PAGE, into, copy.to() * PAGE, positions);
  }

  private static int slot(SequenceCache sequence, int position) {
    return sequence.table().page(position / PAGE) * PAGE + position % PAGE;
  }

  /** A pass writes a position; it begins with the copies. */
  void write(SequenceCache sequence, int position, float value) {
    pass();
    slots[slot(sequence, position)] = value;
  }

  /** What the next pass would see of a sequence. */
  List<Float> afterPass(SequenceCache sequence) {
    pending.addAll(cache.takeCopies());
    float[] then = slots.clone();
    pending.forEach(copy -> copy(copy, then));
    List<Float> values = new ArrayList<>();
    for (int position = 0; position < sequence.length(); position++) {
      values.add(then[slot(sequence, position)]);
    }
    return values;
  }
}
