package io.longcat4j.session;

import io.longcat4j.InvalidRequestException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Calls of the last reply and their results. Thread-safe. */
final class ToolDesk {
  private final Map<String, Optional<String>> results = new LinkedHashMap<>();

  synchronized void call(String id) {
    results.put(id, Optional.empty());
  }

  synchronized void answer(String id, String result) {
    Objects.requireNonNull(result, "result");
    Optional<String> known = results.get(id);
    if (known == null || known.isPresent()) {
      throw new InvalidRequestException(
          "A result was given for the call \""
              + id
              + "\", but no such call waits for one: it has a result, or the conversation went on"
              + " without it");
    }
    results.put(id, Optional.of(result));
  }

  /** All results in the order of the calls, once all are there; nothing waits then. */
  synchronized List<String> takeIfComplete() {
    if (!results.values().stream().allMatch(Optional::isPresent)) {
      return List.of();
    }
    List<String> all = new ArrayList<>();
    results.values().forEach(result -> result.ifPresent(all::add));
    results.clear();
    return all;
  }

  synchronized void clear() {
    results.clear();
  }
}
