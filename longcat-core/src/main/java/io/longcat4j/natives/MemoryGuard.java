package io.longcat4j.natives;

/**
 * JavaCPP refuses allocations once the process holds four times the heap's limit. Weights and
 * caches live outside the heap and would trip it, although nothing here allocates through it.
 */
public final class MemoryGuard {
  private static final String PROPERTY = "org.bytedeco.javacpp.maxphysicalbytes";

  private MemoryGuard() {}

  /**
   * Lifts it for the whole JVM, unless the application has set it; to be called before JavaCPP's
   * first class loads.
   */
  public static void lift() {
    synchronized (NativeCache.lock()) {
      if (System.getProperty(PROPERTY) == null) {
        System.setProperty(PROPERTY, "0");
      }
    }
  }
}
