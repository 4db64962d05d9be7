package io.longcat4j.parallel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads which NUMA nodes there are from what Linux tells in files. */
public final class NumaNodes {
  private static final Pattern NODE = Pattern.compile("node(\\d{1,5})");
  private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");
  private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+(\\d{1,15}) kB");
  private static final int MOST_NODES = 1024;

  private NumaNodes() {}

  /**
   * The nodes of this machine that this process may use.
   *
   * @return those with processors and memory, in order of their ids; empty where the system does
   *     not tell, as outside Linux: take it for one node
   */
  public static List<NumaNode> ofThisMachine() {
    return read(Path.of("/sys/devices/system/node"), Path.of("/proc/self/status"));
  }

  /**
   * The nodes that a directory tells.
   *
   * @param nodes holds {@code node0/cpulist}, {@code node0/meminfo} and so on
   * @param status holds {@code Cpus_allowed_list} and {@code Mems_allowed_list}; where it does not,
   *     all are allowed
   * @return those with processors and memory, in order of their ids; empty where a file cannot be
   *     read or understood
   */
  public static List<NumaNode> read(Path nodes, Path status) {
    Optional<BitSet> cpus = allowed(status, "Cpus_allowed_list:");
    Optional<BitSet> memories = allowed(status, "Mems_allowed_list:");
    List<NumaNode> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(nodes).limit(MOST_NODES)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        Matcher name = NODE.matcher(String.valueOf(entry.getFileName()));
        if (name.matches()) {
          int id = Integer.parseInt(name.group(1));
          BitSet own = list(Files.readString(entry.resolve("cpulist"))).orElse(new BitSet());
          cpus.ifPresent(own::and);
          long bytes = memory(Files.readString(entry.resolve("meminfo"))).orElse(0);
          if (!own.isEmpty() && bytes > 0 && memories.map(set -> set.get(id)).orElse(true)) {
            found.add(new NumaNode(id, own.stream().boxed().toList(), bytes));
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      return List.of();
    }
    found.sort(Comparator.comparingInt(NumaNode::id));
    return List.copyOf(found);
  }

  private static Optional<BitSet> allowed(Path status, String key) {
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith(key))
          .findFirst()
          .flatMap(line -> list(line.substring(key.length())));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Such as {@code 0-3,8}; empty where it is nothing of the kind. */
  private static Optional<BitSet> list(String text) {
    BitSet set = new BitSet();
    for (String part : text.strip().split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        return Optional.empty();
      }
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (last < first) {
        return Optional.empty();
      }
      set.set(first, last + 1);
    }
    return Optional.of(set);
  }

  private static OptionalLong memory(String meminfo) {
    Matcher total = TOTAL.matcher(meminfo);
    return total.find()
        ? OptionalLong.of(Long.parseLong(total.group(1)) * 1024)
        : OptionalLong.empty();
  }
}
