package io.longcat4j.engine;

import io.longcat4j.BackendException;
import java.util.function.Supplier;

/**
 * Turns exhausted memory into an error with a remedy; what was being made is garbage by then. The
 * JVM has one error for all that it can run out of and tells in its message what it was.
 */
final class HeapGuard {
  private HeapGuard() {}

  static <T> T run(String what, Supplier<T> work) {
    try {
      return work.get();
    } catch (OutOfMemoryError e) {
      throw new BackendException(what + explain(String.valueOf(e.getMessage())), e);
    }
  }

  private static String explain(String message) {
    String said = " (" + message + "); ";
    if (message.contains("native thread")) {
      return " needs another thread, but the operating system gives none"
          + said
          + "raise the limit of processes and threads (ulimit -u, or pids of the container), or ask"
          + " for fewer threads";
    }
    if (message.contains("direct buffer")) {
      return " needs more direct memory than the JVM may take"
          + said
          + "raise it with -XX:MaxDirectMemorySize";
    }
    if (message.contains("Metaspace") || message.contains("class space")) {
      return " needs more room for classes than the JVM may take"
          + said
          + "raise it with -XX:MaxMetaspaceSize";
    }
    if (message.contains("Map failed")) {
      return " maps more files than the operating system allows"
          + said
          + "raise its limits (ulimit -v, vm.max_map_count), or close other models";
    }
    if (message.contains("array size")) {
      return " needs an array larger than the JVM can make"
          + said
          + "send smaller or fewer pictures, sounds and videos";
    }
    if (message.contains("heap") || message.contains("GC overhead")) {
      return " needs more than the Java heap of "
          + Runtime.getRuntime().maxMemory() / 1_000_000
          + " MB"
          + said
          + "raise it with -Xmx, or send smaller or fewer pictures, sounds and videos";
    }
    return " needs more memory than there is" + said + "free some, or send less at once";
  }
}
