package io.longcat4j.json;

import io.longcat4j.decode.TokenConstraint;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes constraints from JSON Schemas. What is known of the vocabulary is found out with the first
 * one, what is known of the last schemas is kept. Thread-safe.
 */
public final class JsonConstraints {
  private static final int KEPT_SCHEMAS = 16;

  private final Supplier<Vocabulary> source;
  private @Nullable Vocabulary vocabulary;
  private final Map<String, Network> networks =
      Collections.synchronizedMap(
          new LinkedHashMap<>(KEPT_SCHEMAS, 0.75f, /* accessOrder= */ true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Network> eldest) {
              return size() > KEPT_SCHEMAS;
            }
          });

  /**
   * Prepares for a vocabulary; nothing is read yet.
   *
   * @param tokenizer the checkpoint's
   * @param eos the id that ends a reply
   * @param control ids that are no text though the tokenizer does not call them so
   */
  public JsonConstraints(Tokenizer tokenizer, int eos, int... control) {
    int[] copy = control.clone();
    this.source = () -> new Vocabulary(tokenizer, eos, copy);
  }

  /**
   * Checks a schema and begins a document.
   *
   * @param schema a JSON Schema
   * @param wanted asked while the schema is compiled
   * @return rules out whatever would break it, for one reply
   * @throws io.longcat4j.InvalidRequestException if the schema is no schema, asks for what is not
   *     supported, or cannot be satisfied; the message names the keyword and its place
   */
  public TokenConstraint begin(String schema, Cancellation wanted) {
    wanted.check();
    Network network = networks.computeIfAbsent(schema, SchemaCompiler::compile);
    return new JsonConstraint(network, vocabulary());
  }

  private synchronized Vocabulary vocabulary() {
    if (vocabulary == null) {
      vocabulary = source.get();
    }
    return vocabulary;
  }
}
