package io.longcat4j.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the operating system tells of the machine and of the bounds of this process. */
public final class Machine {
  private static final List<String> INSTRUCTION_SETS =
      List.of(
          "avx2",
          "fma",
          "avx512f",
          "avx512bw",
          "avx512_bf16",
          "avx512_vnni",
          "gfni",
          "amx_tile",
          "amx_bf16",
          "sha_ni",
          "asimd",
          "bf16",
          "i8mm",
          "sve");
  private static final String UNKNOWN = "not told by this system";

  private final Path root;

  /**
   * Looks at a system.
   *
   * @param root where {@code proc} and {@code sys} are
   */
  public Machine(Path root) {
    this.root = root;
  }

  /** Tells all of it. */
  public void describe(Findings findings) {
    findings.add(
        "platform",
        "system",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + ", "
            + System.getProperty("os.arch"));
    findings.add(
        "platform",
        "distribution",
        line("etc/os-release", text -> text.startsWith("PRETTY_NAME="))
            .map(text -> text.replaceFirst("PRETTY_NAME=", "").replace("\"", ""))
            .orElse(UNKNOWN));
    findings.add("processor", "name", cpuInfo("model name").orElse(UNKNOWN));
    findings.add("processor", "instruction sets", instructionSets());
    findings.add(
        "processor", "available", Integer.toString(Runtime.getRuntime().availableProcessors()));
    describeMemory(findings);
    describeLimits(findings);
  }

  private void describeMemory(Findings findings) {
    for (String name : List.of("MemTotal", "MemAvailable", "SwapTotal", "Mlocked")) {
      findings.add(
          "memory",
          name,
          line("proc/meminfo", text -> text.startsWith(name + ":"))
              .map(text -> text.replaceFirst(".*:", ""))
              .orElse(UNKNOWN));
    }
    findings.add(
        "memory",
        "huge pages",
        line("sys/kernel/mm/transparent_hugepage/enabled", text -> true).orElse(UNKNOWN));
    findings.add("memory", "maximum heap", Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB");
  }

  private void describeLimits(Findings findings) {
    findings.add("limits", "cgroup memory", cgroup("memory.max", "memory/memory.limit_in_bytes"));
    findings.add("limits", "cgroup processors", cgroup("cpu.max", "cpu/cpu.cfs_quota_us"));
    for (String name :
        List.of("Max locked memory", "Max open files", "Max processes", "Max address space")) {
      findings.add(
          "limits",
          name,
          line("proc/self/limits", text -> text.startsWith(name))
              .map(text -> text.substring(name.length()).strip())
              .orElse(UNKNOWN));
    }
    findings.add(
        "limits",
        "mappings",
        count("proc/self/maps")
            + " of "
            + line("proc/sys/vm/max_map_count", text -> true).orElse(UNKNOWN));
  }

  private String instructionSets() {
    String flags = cpuInfo("flags").or(() -> cpuInfo("Features")).orElse("");
    List<String> all = List.of(flags.split("\\s+"));
    List<String> known = INSTRUCTION_SETS.stream().filter(all::contains).toList();
    return known.isEmpty() ? UNKNOWN : String.join(" ", known);
  }

  private Optional<String> cpuInfo(String name) {
    return line("proc/cpuinfo", text -> text.replaceFirst("\\s*:.*", "").equals(name))
        .map(text -> text.replaceFirst("[^:]*:\\s*", ""));
  }

  /** Of the group that this process is in, as it is seen from inside; with version 2 or 1. */
  private String cgroup(String file, String older) {
    Pattern own = Pattern.compile("0::/(.*)");
    Optional<String> group =
        line("proc/self/cgroup", text -> own.matcher(text).matches())
            .map(own::matcher)
            .filter(Matcher::matches)
            .map(matcher -> matcher.group(1));
    return group
        .flatMap(name -> line("sys/fs/cgroup/" + name + "/" + file, text -> true))
        .or(() -> line("sys/fs/cgroup/" + file, text -> true))
        .or(() -> line("sys/fs/cgroup/" + older, text -> true))
        .orElse(UNKNOWN);
  }

  private String count(String file) {
    try (Stream<String> lines = Files.lines(root.resolve(file), StandardCharsets.ISO_8859_1)) {
      return Long.toString(lines.count());
    } catch (IOException | java.io.UncheckedIOException e) {
      return "?";
    }
  }

  private Optional<String> line(String file, Predicate<String> wanted) {
    try (Stream<String> lines = Files.lines(root.resolve(file), StandardCharsets.ISO_8859_1)) {
      return lines.filter(wanted).findFirst();
    } catch (IOException | java.io.UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
