package io.longcat4j.evaluate;

import io.longcat4j.InvalidRequestException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Questions whose answers are known, in a fixed order. Immutable.
 *
 * @param items the questions
 */
public record TestSet(List<TestItem> items) {

  /**
   * Creates a set.
   *
   * @param items the questions, each with an id of its own
   */
  public TestSet {
    items = List.copyOf(items);
  }

  /**
   * Reads a file of JSON lines; media are looked for relative to its folder, then relative to the
   * working directory.
   *
   * @param file one object on each line: {@code id}, {@code task}, {@code messages} in the
   *     published demo's format, {@code answer}, and, where they differ from the task and from
   *     {@code exact}, {@code kind} and {@code measure}
   * @return the set, not empty
   * @throws InvalidRequestException if a line is not of this form or a file is missing; the message
   *     names file and line
   */
  public static TestSet read(Path file) {
    return new TestSet(new TestSetReader(file).read());
  }

  /**
   * The tasks.
   *
   * @return their names, in the order of their first items
   */
  public Set<String> tasks() {
    Set<String> tasks = new LinkedHashSet<>();
    items.forEach(item -> tasks.add(item.task()));
    return tasks;
  }

  /**
   * The items of some tasks.
   *
   * @param wanted names of tasks
   * @return a smaller set
   * @throws InvalidRequestException if this set has no such task
   */
  public TestSet ofTasks(Collection<String> wanted) {
    for (String task : wanted) {
      if (!tasks().contains(task)) {
        throw new InvalidRequestException(
            "The test set has no task '" + task + "'; it has " + String.join(", ", tasks()));
      }
    }
    return new TestSet(items.stream().filter(item -> wanted.contains(item.task())).toList());
  }

  /**
   * The first items of each task.
   *
   * @param most how many of a task, at least 1
   * @return a smaller set
   */
  public TestSet first(int most) {
    if (most < 1) {
      throw new InvalidRequestException("The limit of items is " + most + "; pass at least 1");
    }
    Map<String, Integer> taken = new HashMap<>();
    return new TestSet(
        items.stream().filter(item -> taken.merge(item.task(), 1, Integer::sum) <= most).toList());
  }
}
