package io.longcat4j.model;

import java.util.Arrays;

/**
 * Applies an audio head to {@link Pass#audioRows}. Heads come in order, from 0, since each sees
 * what the ones before it chose. The array is its own from now on and never to be changed.
 *
 * @param head its index
 * @param chosen what the head before it chose for each of the rows, {@link #NONE} for nothing;
 *     empty for head 0
 */
public record AudioHead(int head, int[] chosen) implements Command {
  @Override
  public boolean equals(Object other) {
    return other instanceof AudioHead known
        && head == known.head
        && Arrays.equals(chosen, known.chosen);
  }

  @Override
  public int hashCode() {
    return 31 * head + Arrays.hashCode(chosen);
  }

  @Override
  public String toString() {
    return "AudioHead " + head + " over " + chosen.length + " choices";
  }
}
