package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The machine in words, without its name.
 *
 * @param processor the maker's name for it
 * @param cores how many this process may use
 * @param memoryBytes installed, 0 where unknown
 * @param vectorExtensions those that matter here
 * @param system operating system and Java
 */
public record Machine(
    String processor, int cores, long memoryBytes, String vectorExtensions, String system) {
  private static final Set<String> EXTENSIONS =
      Set.of(
          "avx2",
          "fma",
          "avx512f",
          "avx512_bf16",
          "avx512_vnni",
          "avx512_fp16",
          "avx512vbmi",
          "amx_bf16",
          "amx_int8",
          "asimd",
          "bf16",
          "i8mm");

  /**
   * Asks the system.
   *
   * @return this machine
   */
  public static Machine detect() {
    List<String> lines = lines(Path.of("/proc/cpuinfo"));
    String flags = value(lines, "flags", value(lines, "Features", ""));
    return new Machine(
        value(lines, "model name", System.getProperty("os.arch", "unknown processor")),
        Runtime.getRuntime().availableProcessors(),
        kilobytes("/proc/meminfo", "MemTotal"),
        List.of(flags.split(" ")).stream()
            .filter(EXTENSIONS::contains)
            .sorted()
            .collect(Collectors.joining(" ")),
        System.getProperty("os.name") + ", Java " + Runtime.version().feature());
  }

  /** Memory that can be had without swapping; the largest number where it is unknown. */
  static long availableMemoryBytes() {
    long bytes = kilobytes("/proc/meminfo", "MemAvailable");
    return bytes == 0 ? Long.MAX_VALUE : bytes;
  }

  /** A line such as {@code VmRSS: 12 kB} in bytes; 0 where there is none. */
  static long kilobytes(String file, String key) {
    String digits = value(lines(Path.of(file)), key, "0").replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 0 : 1024 * Long.parseLong(digits);
  }

  private static String value(List<String> lines, String key, String absent) {
    return lines.stream()
        .filter(line -> line.startsWith(key) && line.contains(":"))
        .filter(line -> line.substring(0, line.indexOf(':')).strip().equals(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(absent);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * One line for a document.
   *
   * @return such as {@code 2 cores of ..., 25 GB, ...}
   */
  public String words() {
    return String.format(
        Locale.ROOT,
        "%d cores of %s (%s), %.0f GB, %s",
        cores,
        processor,
        vectorExtensions,
        memoryBytes / 1e9,
        system);
  }

  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("processor", processor)
        .put("cores", cores)
        .put("memory_gb", Figures.rounded(memoryBytes / 1e9))
        .put("extensions", vectorExtensions)
        .put("system", system);
  }
}
