package io.longcat4j.audio;

import io.longcat4j.onnx.OnnxGraph;
import java.util.List;

/**
 * A graph over a stretch of time, with what one stretch leaves for the next.
 *
 * @param graph has an input for each slot, and an output of the slot's name and {@link #NEXT}
 * @param slots what is carried
 */
record StreamedGraph(OnnxGraph graph, List<Slot> slots) {
  /** Ends the name of the output that is a slot's value for the next stretch. */
  static final String NEXT = ".next";

  StreamedGraph {
    slots = List.copyOf(slots);
  }

  /**
   * A carried value, zeros before the first stretch.
   *
   * @param name of the input
   * @param start its sizes before the first stretch; not to be changed
   */
  record Slot(String name, long[] start) {}
}
