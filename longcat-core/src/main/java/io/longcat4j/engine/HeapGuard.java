package io.longcat4j.engine;

import io.longcat4j.BackendException;
import java.util.function.Supplier;

/** Turns an exhausted heap into an error with a remedy; what was being made is garbage by then. */
final class HeapGuard {
  private HeapGuard() {}

  static <T> T run(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (OutOfMemoryError e) {
      throw new BackendException(
          what
              + " needs more than the Java heap of "
              + Runtime.getRuntime().maxMemory() / 1_000_000
              + " MB ("
              + e.getMessage()
              + "); raise it with -Xmx, or send smaller or fewer pictures, sounds and videos",
          e);
    }
  }
}
