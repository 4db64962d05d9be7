package io.longcat4j.decode;

import io.longcat4j.compute.Stream;
import io.longcat4j.model.RowViews;
import java.util.Arrays;

/**
 * Everything one sequence is fed, from its prompt to the position that comes next; it can be fed
 * again from any row on. Used by one thread at a time.
 */
public final class SequenceRows {
  private static final int[] NO_AUDIO = {};

  private final PromptRows prompt;
  private final int topK;
  private long[] keys;
  private int[] ids = {};
  private int[][] audioIds = {};
  private int size;

  /**
   * Starts with a prompt.
   *
   * @param prompt its rows
   * @param topK positions that the heads of generated rows keep; 0 for all
   */
  public SequenceRows(PromptRows prompt, int topK) {
    this.prompt = prompt;
    this.topK = topK;
    this.keys = prompt.copyKeys();
    this.size = prompt.rows();
  }

  /**
   * How many rows are known.
   *
   * @return at least those of the prompt
   */
  public int size() {
    return size;
  }

  /**
   * How many rows the prompt has.
   *
   * @return at least 0
   */
  public int promptSize() {
    return prompt.rows();
  }

  /**
   * What prefixes are recognised by.
   *
   * @return at least {@link #size()} numbers; not to be changed
   */
  public long[] keys() {
    return keys;
  }

  /**
   * Adds a generated row.
   *
   * @param textId its token, or {@link SpeechStep#NONE}
   * @param audio what the audio heads chose; empty for text alone; copied
   */
  public void append(int textId, int[] audio) {
    put(textId, audio);
    size++;
  }

  /**
   * Puts a guess where the next generated row will be, to be fed before it is known. It counts for
   * nothing, and {@link #append} replaces it.
   *
   * @param textId its token
   */
  public void guess(int textId) {
    put(textId, NO_AUDIO);
  }

  private void put(int textId, int[] audio) {
    int at = size - prompt.rows();
    if (at == ids.length) {
      int capacity = Math.max(16, 2 * at);
      ids = Arrays.copyOf(ids, capacity);
      audioIds = Arrays.copyOf(audioIds, capacity);
      keys = Arrays.copyOf(keys, prompt.rows() + capacity);
    }
    ids[at] = textId;
    audioIds[at] = audio.length == 0 ? audio : audio.clone();
    keys[size] = RowKeys.ofGenerated(textId, audio, topK);
  }

  /**
   * All rows so far, as the prompt of what follows.
   *
   * @return an immutable copy
   */
  public PromptRows snapshot() {
    int count = size - prompt.rows();
    return prompt.then(
        PromptRows.generated(
            Arrays.copyOf(ids, count),
            Arrays.copyOfRange(keys, prompt.rows(), size),
            Arrays.copyOf(audioIds, count)));
  }

  /**
   * How many rows from some one on can go into one pass, because their heads see alike.
   *
   * @param from the first
   * @param most upper bound
   * @return at least 1 if {@code most} is
   */
  public int alike(int from, int most) {
    int end = (int) Math.min(size, (long) from + most);
    int to = from + 1;
    while (to < end && isSparse(to) == isSparse(from)) {
      to++;
    }
    return to - from;
  }

  boolean isSparse(int row) {
    return topK > 0 && (row >= prompt.rows() || prompt.isGenerated(row));
  }

  int textId(int row) {
    return row < prompt.rows() ? prompt.textId(row) : ids[row - prompt.rows()];
  }

  /** The token that a row is followed by, or {@link SpeechStep#NONE}. */
  int nextTextId(int row) {
    return row + 1 < size ? textId(row + 1) : SpeechStep.NONE;
  }

  int[] audioIds(int row) {
    return row < prompt.rows() ? prompt.audioIds(row) : audioIds[row - prompt.rows()];
  }

  void writeEncoderRows(int from, int count, Stream stream, RowViews into, int firstRow) {
    if (from < prompt.rows()) {
      prompt.writeEncoderRows(from, count, stream, into, firstRow);
    }
  }
}
