package io.longcat4j.cli.bench;

import io.longcat4j.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A Markdown document, of which the part between two marks is generated.
 *
 * @param file the document
 */
record ResultDocument(Path file) {
  static final String BEGIN = "<!-- figures -->";
  static final String END = "<!-- end of figures -->";

  /**
   * Whether the lines can be put there; better known before an hour of measurements.
   *
   * @throws InvalidRequestException as {@link #replace}
   */
  void requireMarks() {
    parts();
    if (!Files.isWritable(file)) {
      throw new InvalidRequestException("--document " + file + ": is read-only; make it writable");
    }
  }

  /**
   * Puts other lines between the marks.
   *
   * @throws InvalidRequestException if the file cannot be read or written, or has no such marks
   */
  void replace(String lines) {
    Parts parts = parts();
    try {
      Files.writeString(file, parts.before + "\n\n" + lines + "\n\n" + parts.after);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private record Parts(String before, String after) {}

  private Parts parts() {
    try {
      String text = Files.readString(file);
      int begin = text.indexOf(BEGIN);
      int end = text.indexOf(END, Math.max(0, begin));
      if (begin < 0 || end < 0) {
        throw new InvalidRequestException(
            "--document %s: has no lines '%s' and '%s' to put the figures between; add them"
                .formatted(file, BEGIN, END));
      }
      return new Parts(text.substring(0, begin + BEGIN.length()), text.substring(end));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private InvalidRequestException failed(IOException e) {
    return new InvalidRequestException(
        "--document " + file + ": cannot be read and written (" + e + "); correct the path", e);
  }
}
