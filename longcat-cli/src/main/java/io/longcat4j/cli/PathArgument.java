package io.longcat4j.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.TypeConversionException;

/** File names on the command line. */
final class PathArgument {
  private PathArgument() {}

  /**
   * A file name as typed.
   *
   * @param text what Java made of it
   * @return the path
   * @throws TypeConversionException if this process cannot have such a file name, with the remedy
   */
  static Path convert(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "'"
              + text
              + "' cannot be a file name in this process, whose file names are "
              + System.getProperty("sun.jnu.encoding", "of an unknown character set")
              + "; for letters beyond ASCII set LC_ALL=C.UTF-8 before it starts, or rename the file");
    }
  }
}
