package io.longcat4j.json;

import io.longcat4j.CheckpointException;
import io.longcat4j.decode.TokenConstraint;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps a reply to documents of a network: rules out tokens whose bytes no document goes on with,
 * and the end of the text before a document is complete. Every document it lets begin can be
 * finished. Masks of the last states are kept. Not thread-safe.
 */
final class JsonConstraint implements TokenConstraint {
  private static final int KEPT_MASKS = 256;

  /** Numbers that are known of the automaton before it is forgotten: some 16 MB. */
  private static final long KEPT_CELLS = 4_000_000;

  private final Vocabulary vocabulary;
  private final long keptCells;
  private final ByteArrayOutputStream document = new ByteArrayOutputStream();
  private final Map<Integer, long[]> masks =
      new LinkedHashMap<>(KEPT_MASKS, 0.75f, /* accessOrder= */ true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, long[]> eldest) {
          return size() > KEPT_MASKS;
        }
      };

  private Configurations automaton;
  private int state;

  JsonConstraint(Network network, Vocabulary vocabulary) {
    this(network, vocabulary, KEPT_CELLS);
  }

  /** With a bound on what is known of the automaton before it is forgotten. */
  JsonConstraint(Network network, Vocabulary vocabulary, long keptCells) {
    this.vocabulary = vocabulary;
    this.keptCells = keptCells;
    this.automaton = new Configurations(network);
    this.state = automaton.start();
  }

  @Override
  public void mask(float[] logits) {
    long[] allowed = masks.get(state);
    if (allowed == null) {
      allowed = allowed();
      masks.put(state, allowed);
    }
    for (int id = 0; id < logits.length; id++) {
      int word = id >> 6;
      if (word >= allowed.length || (allowed[word] >>> id & 1) == 0) {
        logits[id] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  @Override
  public void accept(int id) {
    if (id == vocabulary.eos()) {
      return;
    }
    byte[] bytes = vocabulary.bytesOf(id);
    document.write(bytes, 0, bytes.length);
    automaton.allowWork();
    for (byte b : bytes) {
      state = automaton.next(state, b & 0xff);
    }
    if (state == Configurations.DEAD) {
      throw new IllegalStateException(
          "a token was chosen that the JSON schema does not allow; document: " + document);
    }
    if (automaton.cells() > keptCells) {
      automaton = automaton.withOnly(state);
      state = automaton.last();
      masks.clear();
    }
  }

  private long[] allowed() {
    long[] allowed = new long[(vocabulary.idBound() + 63) / 64];
    automaton.allowWork();
    vocabulary.trie().collect(automaton, state, allowed);
    if (automaton.isComplete(state)) {
      allowed[vocabulary.eos() >> 6] |= 1L << vocabulary.eos();
    }
    for (long word : allowed) {
      if (word != 0) {
        return allowed;
      }
    }
    throw new CheckpointException(
        "tokenizer.json: the vocabulary has no token with which the JSON document '"
            + document
            + "' could go on; use the tokenizer.json published with the checkpoint");
  }
}
