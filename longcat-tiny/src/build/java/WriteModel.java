import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Run by the build: writes the files of a model that are kept compressed, and a list of SHA-256,
 * CRC-32, size and path of all of them, ordered by path. Compressed files end on {@code
 * .planes.gz}: first every fourth byte, then every fourth from the second on, and so forth, as gzip
 * compresses numbers best. With one argument it compresses that file.
 */
final class WriteModel {
  private static final String PACKED = ".planes.gz";
  private static final int PLANES = 4;

  private WriteModel() {}

  public static void main(String[] arguments) throws Exception {
    Path source = Path.of(arguments[0]);
    if (arguments.length == 1) {
      pack(source);
      return;
    }
    Path target = Path.of(arguments[1]);
    StringBuilder lines = new StringBuilder();
    for (String name : names(source)) {
      byte[] bytes = content(source, name);
      if (Files.exists(source.resolve(name + PACKED))) {
        Files.createDirectories(target.resolve(name).getParent());
        Files.write(target.resolve(name), bytes);
      }
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      CRC32 crc32 = new CRC32();
      crc32.update(bytes);
      lines.append(HexFormat.of().formatHex(digest)).append(' ');
      lines.append(Long.toHexString(crc32.getValue())).append(' ').append(bytes.length);
      lines.append(' ').append(name).append('\n');
    }
    Path list = Path.of(arguments[2]);
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
          .map(
              name ->
                  name.endsWith(PACKED) ? name.substring(0, name.length() - PACKED.length()) : name)
          .sorted()
          .toList();
    }
  }

  private static byte[] content(Path source, String name) throws IOException {
    Path packed = source.resolve(name + PACKED);
    if (!Files.exists(packed)) {
      return Files.readAllBytes(source.resolve(name));
    }
    try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
      byte[] planes = in.readAllBytes();
      byte[] bytes = new byte[planes.length];
      int at = 0;
      for (int plane = 0; plane < PLANES; plane++) {
        for (int i = plane; i < bytes.length; i += PLANES) {
          bytes[i] = planes[at++];
        }
      }
      return bytes;
    }
  }

  private static void pack(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new Best(packed)) {
      for (int plane = 0; plane < PLANES; plane++) {
        for (int i = plane; i < bytes.length; i += PLANES) {
          out.write(bytes[i]);
        }
      }
    }
    Files.write(Path.of(file + PACKED), packed.toByteArray());
    Files.delete(file);
  }

  /** Compresses as well as it can. */
  private static final class Best extends GZIPOutputStream {
    Best(ByteArrayOutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(9);
    }
  }
}
