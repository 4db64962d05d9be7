package io.longcat4j.checkpoint;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The ids that end a text, any of them. Immutable. */
public final class EndOfText {
  private static final EndOfText NEVER = new EndOfText(new int[0]);

  private final int[] ids;

  private EndOfText(int[] ids) {
    this.ids = ids;
  }

  /**
   * Some ids.
   *
   * @param ids the one that the chat format writes first; copies are dropped
   * @return all of them
   */
  public static EndOfText of(int... ids) {
    return new EndOfText(Arrays.stream(ids).distinct().toArray());
  }

  /**
   * For text that goes on.
   *
   * @return no id at all
   */
  public static EndOfText never() {
    return NEVER;
  }

  /**
   * Whether an id ends the text.
   *
   * @param id any number
   * @return true if it is one of these
   */
  public boolean includes(int id) {
    for (int end : ids) {
      if (end == id) {
        return true;
      }
    }
    return false;
  }

  /**
   * All of them.
   *
   * @return a new array, the one that the chat format writes first
   */
  public int[] ids() {
    return ids.clone();
  }

  /** These, then others. */
  EndOfText and(EndOfText others) {
    return of(IntStream.concat(Arrays.stream(ids), Arrays.stream(others.ids)).toArray());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EndOfText known && Arrays.equals(ids, known.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
