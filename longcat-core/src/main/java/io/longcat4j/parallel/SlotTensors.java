package io.longcat4j.parallel;

import io.longcat4j.compute.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The slots of ranks as matrices of some width. */
final class SlotTensors {
  /** Models have a handful of widths. */
  private static final int MOST_WIDTHS = 16;

  private final Slots slots;
  private final int ranks;
  private final int floats;
  private final Map<Integer, Width> widths = new HashMap<>();

  SlotTensors(Slots slots, int ranks, int floats) {
    this.slots = slots;
    this.ranks = ranks;
    this.floats = floats;
  }

  /** The first rows of all slots of a set, in the order of ranks. */
  List<Tensor> all(int set, int rows, int columns) {
    Width width = width(columns);
    if (width.rows[set] != rows) {
      List<Tensor> windows = new ArrayList<>();
      for (Tensor slot : width.slots.get(set)) {
        windows.add(slot.rows(0, rows));
      }
      width.windows.set(set, List.copyOf(windows));
      width.rows[set] = rows;
    }
    return width.windows.get(set);
  }

  private Width width(int columns) {
    Width known = widths.get(columns);
    if (known != null) {
      return known;
    }
    if (widths.size() == MOST_WIDTHS) {
      widths.values().forEach(width -> width.slots.forEach(set -> set.forEach(Tensor::close)));
      widths.clear();
    }
    Width made = new Width(slots.sets());
    for (int set = 0; set < slots.sets(); set++) {
      List<Tensor> matrices = new ArrayList<>();
      for (int rank = 0; rank < ranks; rank++) {
        matrices.add(slots.matrix(set, rank, floats / columns, columns));
      }
      made.slots.add(matrices);
      made.windows.add(List.of());
    }
    widths.put(columns, made);
    return made;
  }

  /** Of one width: slots as large as they are, by set and rank, and windows on them. */
  private static final class Width {
    private final List<List<Tensor>> slots = new ArrayList<>();
    private final List<List<Tensor>> windows = new ArrayList<>();
    private final int[] rows;

    Width(int sets) {
      this.rows = new int[sets];
    }
  }
}
