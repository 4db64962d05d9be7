package io.longcat4j.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kernels' source as one text, for a compiler that sees no files. */
final class KernelSource {
  private static final String MAIN = "kernels.cu";
  private static final Pattern INCLUDE = Pattern.compile("#include \"([\\w.]+)\"");

  private final Set<String> taken = new HashSet<>();
  private final StringBuilder text = new StringBuilder();

  private KernelSource() {}

  /**
   * Every file once, where it is included first; those of the emulator are not there, and nothing
   * asks a CUDA compiler for them.
   */
  static String whole() {
    KernelSource source = new KernelSource();
    if (!source.take(MAIN)) {
      throw new IllegalStateException(MAIN + " is missing in this longcat-cuda");
    }
    return source.text.toString();
  }

  /** Whether there is such a file. */
  private boolean take(String name) {
    String file = read(name);
    if (file == null) {
      return false;
    }
    taken.add(name);
    int number = 0;
    mark(1, name);
    for (String line : file.lines().toList()) {
      number++;
      Matcher include = INCLUDE.matcher(line);
      if (!include.matches()) {
        text.append(line.equals("#pragma once") ? "" : line).append('\n');
      } else if (taken.contains(include.group(1))) {
        text.append('\n');
      } else if (take(include.group(1))) {
        mark(number + 1, name);
      } else {
        text.append(line).append('\n');
      }
    }
    return true;
  }

  /** So that a compiler's messages name file and line. */
  private void mark(int line, String name) {
    text.append("#line ").append(line).append(" \"").append(name).append("\"\n");
  }

  private static @Nullable String read(String name) {
    try (InputStream file = KernelSource.class.getResourceAsStream("kernels/source/" + name)) {
      return file == null ? null : new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
