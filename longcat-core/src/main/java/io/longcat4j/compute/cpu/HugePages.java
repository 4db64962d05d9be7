package io.longcat4j.compute.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux tells of the huge pages of this process. */
final class HugePages {
  private static final Path SUMS = Path.of("/proc/self/smaps_rollup");
  private static final int BYTES_OF_KB = 1024;

  private HugePages() {}

  /** Bytes of mapped files in huge pages; 0 where the system does not tell. */
  static long usedForFiles() {
    if (!Files.isReadable(SUMS)) {
      return 0;
    }
    try {
      return Files.readAllLines(SUMS).stream()
          .filter(line -> line.startsWith("FilePmdMapped:") || line.startsWith("ShmemPmdMapped:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * BYTES_OF_KB)
          .sum();
    } catch (IOException e) {
      return 0;
    }
  }
}
