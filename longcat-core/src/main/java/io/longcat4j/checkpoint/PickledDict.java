package io.longcat4j.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary inside a pickle. It is compared by identity: a damaged pickle can put a dictionary
 * into itself.
 */
final class PickledDict {
  private final Map<Object, @Nullable Object> entries = new LinkedHashMap<>();

  /** Entries in the order of insertion; keys are texts and numbers. */
  Map<Object, @Nullable Object> entries() {
    return entries;
  }
}
