package io.longcat4j.json;

import io.longcat4j.decode.TokenConstraint;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes constraints from JSON Schemas. What is known of the vocabulary is found out with the first
 * one, what is known of the last schemas is kept. A schema is compiled on the thread that asks;
 * nobody waits for another schema, and who waits for the same one can give up. Thread-safe.
 */
public final class JsonConstraints {
  private final Function<Work, Vocabulary> source;
  private final Turns turnsOfVocabulary = new Turns();
  private final ConcurrentMap<String, Turns> turnsOfSchemas = new ConcurrentHashMap<>();
  private final KeptNetworks kept = new KeptNetworks();
  private volatile @Nullable Vocabulary vocabulary;

  /**
   * Prepares for a vocabulary; nothing is read yet.
   *
   * @param tokenizer the checkpoint's
   * @param eos the id that ends a reply
   * @param control ids that are no text though the tokenizer does not call them so
   */
  public JsonConstraints(Tokenizer tokenizer, int eos, int... control) {
    int[] copy = control.clone();
    this.source = work -> new Vocabulary(tokenizer, work, eos, copy);
  }

  /**
   * Checks a schema and begins a document.
   *
   * @param schema a JSON Schema
   * @param wanted asked while the schema is compiled, and while another thread compiles it
   * @return rules out whatever would break it, for one reply
   * @throws io.longcat4j.InvalidRequestException if the schema is no schema, asks for what is not
   *     supported, or cannot be satisfied; the message names the keyword and its place
   */
  public TokenConstraint begin(String schema, Cancellation wanted) {
    wanted.check();
    return new JsonConstraint(network(schema, wanted), vocabulary(wanted));
  }

  private Network network(String schema, Cancellation wanted) {
    Network known = kept.get(schema);
    if (known != null) {
      return known;
    }
    Turns turns = turnsOfSchemas.computeIfAbsent(schema, s -> new Turns());
    try {
      return turns.take(wanted, () -> compiled(schema, wanted));
    } finally {
      // Who comes in between compiles once more, which does no harm.
      turnsOfSchemas.remove(schema, turns);
    }
  }

  private Network compiled(String schema, Cancellation wanted) {
    Network known = kept.get(schema);
    if (known == null) {
      known = SchemaCompiler.compile(schema, wanted);
      kept.put(schema, known);
    }
    return known;
  }

  private Vocabulary vocabulary(Cancellation wanted) {
    Vocabulary known = vocabulary;
    return known != null ? known : turnsOfVocabulary.take(wanted, () -> found(wanted));
  }

  private Vocabulary found(Cancellation wanted) {
    Vocabulary known = vocabulary;
    if (known == null) {
      wanted.check();
      known = source.apply(new Work(wanted));
      vocabulary = known;
    }
    return known;
  }
}
