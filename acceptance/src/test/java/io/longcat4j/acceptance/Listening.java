package io.longcat4j.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which addresses this process listens at for TCP, as Linux tells. */
final class Listening {
  private static final String LISTENS = "0A";
  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private Listening() {}

  /** Addresses and ports in the system's own words; none on other systems. */
  static Set<String> addresses() throws IOException {
    Set<String> found = new TreeSet<>();
    Path sockets = Path.of("/proc/self/net");
    if (!Files.isDirectory(sockets)) {
      return found;
    }
    Set<String> own = ownSockets();
    for (String table : List.of("tcp", "tcp6")) {
      Path file = sockets.resolve(table);
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          String[] fields = line.strip().split("\\s+", -1);
          if (fields[STATE].equals(LISTENS) && own.contains(fields[INODE])) {
            found.add(fields[LOCAL]);
          }
        }
      }
    }
    return found;
  }

  private static Set<String> ownSockets() throws IOException {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        try {
          String target = Files.readSymbolicLink(file).toString();
          if (target.startsWith("socket:[")) {
            inodes.add(target.substring("socket:[".length(), target.length() - 1));
          }
        } catch (IOException e) {
          // Closed meanwhile.
        }
      }
    }
    return inodes;
  }
}
