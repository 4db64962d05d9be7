package io.longcat4j.decode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a pass of so many rows is fed, in the arrays that the model takes. Not thread-safe. */
final class StepArrays {
  private final int[] textIds;
  private final int[] nextIds;
  private final int[][] audioIds;
  private final int[] positions;
  private final int[] slots;
  private boolean spoken;

  private StepArrays(int rows, int audioHeads) {
    this.textIds = new int[rows];
    this.nextIds = new int[rows];
    this.audioIds = new int[audioHeads][rows];
    this.positions = new int[rows];
    this.slots = new int[rows];
  }

  /** Nothing is spoken until speech is put. */
  void silence() {
    for (int[] ids : audioIds) {
      Arrays.fill(ids, SpeechStep.NONE);
    }
    spoken = false;
  }

  /** Puts consecutive rows of a sequence. */
  void put(int firstRow, SequenceRows rows, int from, int count, int[] sequenceSlots) {
    for (int i = 0; i < count; i++) {
      int row = firstRow + i;
      textIds[row] = rows.textId(from + i);
      positions[row] = from + i;
      slots[row] = sequenceSlots[from + i];
      putAudio(row, rows.audioIds(from + i));
    }
  }

  /** Puts the tokens after consecutive rows of a sequence, once they are known. */
  void putNext(int firstRow, SequenceRows rows, int from, int count) {
    for (int i = 0; i < count; i++) {
      nextIds[firstRow + i] = rows.nextTextId(from + i);
    }
  }

  private void putAudio(int row, int[] ids) {
    if (ids.length > audioIds.length) {
      throw new IllegalStateException("rows of speech were fed to a model without speech heads");
    }
    for (int head = 0; head < ids.length; head++) {
      audioIds[head][row] = ids[head];
      spoken = true;
    }
  }

  boolean isSpoken() {
    return spoken;
  }

  int[] textIds() {
    return textIds;
  }

  int[] nextIds() {
    return nextIds;
  }

  int[] audioIds(int head) {
    return audioIds[head];
  }

  int[] positions() {
    return positions;
  }

  int[] slots() {
    return slots;
  }

  /** The arrays of small passes are kept: they come again at every token. */
  static final class Known {
    private static final int KEPT_ROWS = 64;

    private final int audioHeads;
    private final @Nullable StepArrays[] kept = new StepArrays[KEPT_ROWS + 1];

    Known(int audioHeads) {
      this.audioHeads = audioHeads;
    }

    StepArrays of(int rows) {
      if (rows > KEPT_ROWS) {
        return new StepArrays(rows, audioHeads);
      }
      StepArrays known = kept[rows];
      if (known == null) {
        known = new StepArrays(rows, audioHeads);
        kept[rows] = known;
      }
      return known;
    }
  }
}
