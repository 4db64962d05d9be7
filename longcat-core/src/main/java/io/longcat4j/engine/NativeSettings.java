package io.longcat4j.engine;

import io.longcat4j.natives.MemoryGuard;
import io.longcat4j.natives.NativeCache;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Settings of JavaCPP that hold for the whole JVM and must be there before its first class loads.
 * What the application or an earlier engine has set stays.
 */
final class NativeSettings {
  private NativeSettings() {}

  static synchronized void apply(Optional<Path> cacheDirectory) {
    cacheDirectory.ifPresent(NativeCache::choose);
    MemoryGuard.lift();
  }
}
