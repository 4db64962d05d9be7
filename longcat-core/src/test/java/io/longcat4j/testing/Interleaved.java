package io.longcat4j.testing;

/** Threads whose interleavings Lincheck chooses. */
public final class Interleaved {
  /** How many Lincheck is to try of each scenario; more at night. */
  public static final int COUNT = Boolean.getBoolean("longcat.nightly") ? 40 : 4;

  private Interleaved() {}

  /** What a thread does. */
  public interface Action {
    /**
     * Runs.
     *
     * @throws Exception if the test is to fail
     */
    void run() throws Exception;
  }

  /**
   * Runs each action on a thread of its own, until the last has ended. In plain loops: Lincheck
   * does not see threads that a method reference starts.
   *
   * @param actions what to do
   */
  public static void run(Action... actions) {
    Thread[] threads = new Thread[actions.length];
    for (int i = 0; i < threads.length; i++) {
      Action action = actions[i];
      threads[i] = new Thread(() -> unchecked(action));
      threads[i].start();
    }
    for (Thread thread : threads) {
      unchecked(() -> thread.join());
    }
  }

  private static void unchecked(Action action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Fails where something does not hold; Lincheck would follow richer assertions step by step.
   *
   * @param holds what should
   * @param otherwise what is told
   */
  public static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
