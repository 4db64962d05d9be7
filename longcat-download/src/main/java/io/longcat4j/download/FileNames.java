package io.longcat4j.download;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a repository may call its files: names that mean the same inside any directory. */
final class FileNames {
  private static final int MOST_BYTES = 1024;

  /** Leaves room for the endings of unfinished files. */
  private static final int MOST_SEGMENT_BYTES = 240;

  private static final Set<String> RESERVED = Set.of(".git", WorkDirectory.NAME);
  private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul");

  private FileNames() {}

  /**
   * Refuses what would leave the directory, or be another file on another system.
   *
   * @param path as listed
   * @throws DownloadException with the reason
   */
  static void require(String path) {
    if (path.isEmpty() || bytes(path) > MOST_BYTES) {
      throw refused(path, "is empty or too long");
    }
    for (String segment : path.split("/", -1)) {
      requireSegment(path, segment);
    }
  }

  private static void requireSegment(String path, String segment) {
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      throw refused(path, "would leave the directory");
    }
    if (bytes(segment) > MOST_SEGMENT_BYTES) {
      throw refused(path, "has a part that is too long");
    }
    if (segment.chars().anyMatch(c -> c < ' ' || c == 0x7f || "\\:*?\"<>|".indexOf(c) >= 0)) {
      throw refused(path, "has characters that are no part of a file name everywhere");
    }
    if (segment.endsWith(".") || segment.endsWith(" ") || isDevice(segment)) {
      throw refused(path, "means another file on Windows");
    }
    if (RESERVED.contains(segment.toLowerCase(Locale.ROOT))) {
      throw refused(path, "is kept for others");
    }
  }

  private static boolean isDevice(String segment) {
    String stem = segment.replaceFirst("\\..*", "").toLowerCase(Locale.ROOT);
    return DEVICES.contains(stem) || stem.matches("(com|lpt)[0-9]");
  }

  /**
   * Refuses lists in which two names are one file somewhere, or a file is the folder of another.
   *
   * @param files each name checked
   */
  static void requireApart(List<RepositoryFile> files) {
    Map<String, String> seen = new HashMap<>();
    for (RepositoryFile file : files) {
      String other = seen.put(key(file.path()), file.path());
      if (other != null) {
        throw refused(file.path(), "is the same file as " + other + " where case does not count");
      }
    }
    for (RepositoryFile file : files) {
      String name = key(file.path());
      for (int at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
        if (seen.containsKey(name.substring(0, at))) {
          throw refused(file.path(), "lies in what is listed as a file");
        }
      }
    }
  }

  private static String key(String path) {
    return path.toLowerCase(Locale.ROOT);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static DownloadException refused(String path, String why) {
    return new DownloadException(
        "The repository lists a file named '"
            + printable(path)
            + "', which "
            + why
            + "; nothing of it is fetched");
  }

  private static String printable(String path) {
    String shown = path.length() > 80 ? path.substring(0, 80) + "..." : path;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
