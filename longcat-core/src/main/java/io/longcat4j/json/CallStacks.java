package io.longcat4j.json;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where open parts of a document go on; equal stacks have equal numbers. Not thread-safe. */
final class CallStacks {
  /** The number of the empty stack. */
  static final int EMPTY = 0;

  private record Frame(int goOn, int below) {}

  private final List<Frame> frames = new ArrayList<>(List.of(new Frame(-1, -1)));
  private final Map<Frame, Integer> numbers = new HashMap<>();

  int push(int goOn, int stack) {
    return numbers.computeIfAbsent(
        new Frame(goOn, stack),
        frame -> {
          frames.add(frame);
          return frames.size() - 1;
        });
  }

  /** The state on top. */
  int goOn(int stack) {
    return frames.get(stack).goOn();
  }

  int pop(int stack) {
    return frames.get(stack).below();
  }
}
