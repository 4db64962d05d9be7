package io.longcat4j.engine;

import java.nio.file.Path;

/** Where JavaCPP unpacks native libraries: one place for the whole JVM. */
final class NativeCache {
  private static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

  private NativeCache() {}

  /** Chooses the directory, unless the application or an earlier engine has chosen one. */
  static synchronized void use(Path directory) {
    if (System.getProperty(PROPERTY) == null) {
      System.setProperty(PROPERTY, directory.toAbsolutePath().toString());
    }
  }
}
