package io.longcat4j.decode;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.model.EncodedRows;
import java.util.Arrays;
import java.util.List;

/**
 * Everything one sequence is fed, from its prompt to the position that comes next; it can be fed
 * again from any row on. Used by one thread at a time.
 */
public final class SequenceRows {
  private static final int[] NO_AUDIO = {};

  private final PromptRows prompt;
  private final AttentionPolicy policy;
  private long[] keys;
  private int[] ids = {};
  private int[][] audioIds = {};
  private int size;

  /**
   * Starts with a prompt.
   *
   * @param prompt its rows
   * @param policy what the heads of generated rows look at
   */
  public SequenceRows(PromptRows prompt, AttentionPolicy policy) {
    this.prompt = prompt;
    this.policy = policy;
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
    keys[size] = RowKeys.ofGenerated(textId, audio, policy);
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

  /** What the heads of a row look at; prompts are attended to in full. */
  AttentionPolicy policy(int row) {
    boolean generated = row >= prompt.rows() || prompt.isGenerated(row);
    return generated ? policy : AttentionPolicy.dense();
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

  void addEncodedRows(int from, int count, int firstRow, List<EncodedRows> into) {
    if (from < prompt.rows()) {
      prompt.addEncodedRows(from, count, firstRow, into);
    }
  }
}
