package io.longcat4j.engine;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A working directory with letters that the system's encoding lacks, as with {@code LANG=C}. The
 * JDK's {@code FilePermission}, on which its logging and its management depend, takes the name when
 * it is first used, fails, and stays broken for as long as the JVM lives.
 */
final class WorkingDirectory {
  private static final String PROPERTY = "user.dir";

  private WorkingDirectory() {}

  /** Has that class initialised with a name that is one; nothing here asks it for permissions. */
  static synchronized void mend() {
    String name = System.getProperty(PROPERTY);
    if (isPath(name)) {
      return;
    }
    System.setProperty(PROPERTY, "/");
    try {
      Class.forName("java.io.FilePermission");
    } catch (ClassNotFoundException | LinkageError e) {
      // Then it is as it would have been.
    } finally {
      System.setProperty(PROPERTY, name);
    }
  }

  private static boolean isPath(String name) {
    try {
      return Path.of(name).isAbsolute();
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
