package io.longcat4j.spi;

import java.util.OptionalInt;

/**
 * The threads that compute the language model.
 *
 * @param count how many, or empty for one a core
 * @param pinned whether each but the calling one stays on a CPU of its own, where that is possible
 */
public record WorkerThreads(OptionalInt count, boolean pinned) {
  /**
   * Threads that run where the operating system puts them.
   *
   * @param count how many, or empty for one a core
   * @return the threads
   */
  public static WorkerThreads unpinned(OptionalInt count) {
    return new WorkerThreads(count, /* pinned= */ false);
  }

  /**
   * How many there are on this machine.
   *
   * @return the count, or the number of processors that the JVM may use
   */
  public int countHere() {
    return count.orElseGet(() -> Runtime.getRuntime().availableProcessors());
  }
}
