package io.longcat4j.engine;

import io.longcat4j.natives.NativeCache;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Settings of JavaCPP that hold for the whole JVM and must be there before its first class loads.
 * What the application or an earlier engine has set stays.
 */
final class NativeSettings {
  /**
   * JavaCPP refuses allocations once the process holds four times the heap's limit. Weights and
   * caches live outside the heap and would trip it, although nothing here allocates through it.
   */
  private static final String MEMORY_GUARD = "org.bytedeco.javacpp.maxphysicalbytes";

  private NativeSettings() {}

  static synchronized void apply(Optional<Path> cacheDirectory) {
    cacheDirectory.ifPresent(NativeCache::choose);
    setIfAbsent(MEMORY_GUARD, "0");
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
