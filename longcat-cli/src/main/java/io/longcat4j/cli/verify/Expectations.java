package io.longcat4j.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import io.longcat4j.CheckpointException;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * The entries of one thing, such as one sound. A golden folder need not have all of them: what it
 * has not is not computed.
 *
 * @param comparison takes the results
 * @param prefix of the entries' names, with its dot
 */
record Expectations(Comparison comparison, String prefix) {
  private static final String EVERY = "_every_";

  boolean has(String field) {
    return comparison.golden().has(prefix + field);
  }

  /** Marks a field that only describes. */
  void description(String field) {
    if (has(field)) {
      comparison.inputValue(prefix + field);
    }
  }

  void count(String field, IntSupplier actual) {
    value(field, () -> IntNode.valueOf(actual.getAsInt()));
  }

  void value(String field, Supplier<JsonNode> actual) {
    if (has(field)) {
      comparison.value(prefix + field, actual.get());
    }
  }

  void features(String field, Supplier<float[]> actual) {
    if (has(field)) {
      comparison.features(prefix + field, actual.get());
    }
  }

  void values(String field, Supplier<float[]> actual) {
    if (has(field)) {
      comparison.values(prefix + field, actual.get());
    }
  }

  /** Compares {@code FIELD_every_K}, of which the folder holds each K-th row only. */
  void thinnedFeatures(String field, int width, float[] rows) {
    for (String name : comparison.golden().tensors().names()) {
      if (name.startsWith(prefix + field + EVERY)) {
        comparison.features(name, everyRow(step(name), width, rows));
      }
    }
  }

  private static float[] everyRow(int step, int width, float[] rows) {
    int kept = (rows.length / width + step - 1) / step;
    float[] thinned = new float[kept * width];
    for (int i = 0; i < kept; i++) {
      System.arraycopy(rows, i * step * width, thinned, i * width, width);
    }
    return thinned;
  }

  private static int step(String name) {
    String digits = name.substring(name.lastIndexOf(EVERY) + EVERY.length());
    if (!digits.matches("[1-9][0-9]{0,8}")) {
      throw new CheckpointException(
          "golden.safetensors: the name " + name + " should end with a number of rows");
    }
    return Integer.parseInt(digits);
  }
}
