package io.longcat4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a directory that this process has mapped; zeros where the system does not tell.
 *
 * @param mappings how many there are
 * @param addressBytes their length
 * @param residentBytes what of them is in memory for this process
 */
record MappedFiles(int mappings, long addressBytes, long residentBytes) {
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");
  private static final Pattern HEAD =
      Pattern.compile("[0-9a-f]+-[0-9a-f]+ \\S+ \\S+ \\S+ \\S+ *(.*)");
  private static final Pattern FIGURE = Pattern.compile("(Size|Rss): +(\\d+) kB");

  /** Those below a directory. */
  static MappedFiles below(Path directory) throws IOException {
    if (!Files.isReadable(MAPPINGS)) {
      return new MappedFiles(0, 0, 0);
    }
    Counting counting = new Counting(directory.toRealPath().toString() + "/");
    try (Stream<String> lines = Files.lines(MAPPINGS)) {
      lines.forEach(counting::take);
    }
    return new MappedFiles(counting.mappings, counting.addressBytes, counting.residentBytes);
  }

  /** Line by line: each mapping's head comes before its figures. */
  private static final class Counting {
    private final String prefix;
    private boolean inside;
    private int mappings;
    private long addressBytes;
    private long residentBytes;

    Counting(String prefix) {
      this.prefix = prefix;
    }

    void take(String line) {
      Matcher head = HEAD.matcher(line);
      if (head.matches()) {
        inside = head.group(1).startsWith(prefix);
        mappings += inside ? 1 : 0;
        return;
      }
      Matcher figure = FIGURE.matcher(line);
      if (inside && figure.matches()) {
        long bytes = 1024 * Long.parseLong(figure.group(2));
        if (figure.group(1).equals("Size")) {
          addressBytes += bytes;
        } else {
          residentBytes += bytes;
        }
      }
    }
  }
}
