package io.longcat4j.json;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Where something stands in a schema; written as a JSON pointer from its root. Immutable.
 *
 * @param parent what it stands in; none for the root
 * @param step a keyword, a name or an index
 */
record Place(@Nullable Place parent, String step) {
  private static final int MAX_WRITTEN = 500;

  static final Place ROOT = new Place(null, "#");

  Place then(String next) {
    return new Place(this, next);
  }

  Place then(int index) {
    return then(Integer.toString(index));
  }

  @Override
  public String toString() {
    Deque<String> steps = new ArrayDeque<>();
    for (Place at = this; at != null; at = at.parent) {
      steps.push(at.step.replace("~", "~0").replace("/", "~1"));
    }
    String whole = String.join("/", steps);
    return whole.length() <= MAX_WRITTEN
        ? whole
        : whole.substring(0, MAX_WRITTEN / 2)
            + "..."
            + whole.substring(whole.length() - MAX_WRITTEN / 2);
  }
}
