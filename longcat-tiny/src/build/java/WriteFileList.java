import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Run by the build: writes SHA-256, size and path of each file of a directory, ordered by path. */
final class WriteFileList {
  private WriteFileList() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    Path list = Path.of(arguments[1]);
    StringBuilder lines = new StringBuilder();
    for (String name : names(directory)) {
      byte[] bytes = Files.readAllBytes(directory.resolve(name));
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      lines.append(HexFormat.of().formatHex(digest)).append(' ').append(bytes.length);
      lines.append(' ').append(name).append('\n');
    }
    Files.createDirectories(list.getParent());
    Files.writeString(list, lines);
  }

  private static List<String> names(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }
}
