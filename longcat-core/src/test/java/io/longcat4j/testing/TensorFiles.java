package io.longcat4j.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** Files of tensors, byte by byte as the tools of checkpoints' authors write them. */
final class TensorFiles {
  private TensorFiles() {}

  static byte[] safetensors(List<GeneratedTensor> tensors) {
    StringBuilder header = new StringBuilder("{\"__metadata__\": {\"format\": \"pt\"}");
    int end = 0;
    for (GeneratedTensor tensor : tensors) {
      int begin = end;
      end += tensor.bytes().length;
      header.append(
          ", \"%s\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [%d, %d]}"
              .formatted(tensor.name(), tensor.type(), tensor.shape(), begin, end));
    }
    header.append('}');
    header.append(" ".repeat(-header.length() & 7));
    ByteBuffer file = ByteBuffer.allocate(8 + header.length() + end);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length());
    file.put(header.toString().getBytes(StandardCharsets.US_ASCII));
    tensors.forEach(tensor -> file.put(tensor.bytes()));
    return file.array();
  }

  /**
   * What {@code torch.save} writes for a dictionary of tensors.
   *
   * @param name of the file without its ending
   */
  static byte[] torch(String name, List<GeneratedTensor> tensors) {
    TorchArchive archive = new TorchArchive(name);
    archive.add("data.pkl", new TorchPickle().dictionary(tensors));
    for (String number : numbers(tensors.size())) {
      archive.add("data/" + number, tensors.get(Integer.parseInt(number)).bytes());
    }
    archive.add("version", "3\n".getBytes(StandardCharsets.US_ASCII));
    return archive.bytes();
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).sorted().toList();
  }

  /** A ZIP archive of stored entries, each of which begins at a multiple of 64 bytes. */
  private static final class TorchArchive {
    private static final int ALIGNMENT = 64;
    private static final int LOCAL_HEADER = 30;
    private static final int EXTRA_HEADER = 4;

    private final String name;
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private int count;

    TorchArchive(String name) {
      this.name = name;
    }

    void add(String entry, byte[] content) {
      byte[] path = (name + "/" + entry).getBytes(StandardCharsets.US_ASCII);
      int begin = entries.size();
      int padding = -(begin + LOCAL_HEADER + path.length + EXTRA_HEADER) & ALIGNMENT - 1;
      ints(entries, 0x04034b50, 0x08080000, 0, 0, 0, 0);
      shorts(entries, 0, path.length, EXTRA_HEADER + padding);
      entries.writeBytes(path);
      shorts(entries, 0x4246, padding);
      entries.writeBytes("Z".repeat(padding).getBytes(StandardCharsets.US_ASCII));
      entries.writeBytes(content);
      CRC32 crc = new CRC32();
      crc.update(content);
      int sum = (int) crc.getValue();
      ints(entries, 0x08074b50, sum, content.length, content.length);
      ints(directory, 0x02014b50, 0, 0x0808, 0, sum, content.length, content.length);
      shorts(directory, path.length, 0, 0, 0, 0);
      ints(directory, 0, begin);
      directory.writeBytes(path);
      count++;
    }

    byte[] bytes() {
      int begin = entries.size();
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      file.writeBytes(entries.toByteArray());
      file.writeBytes(directory.toByteArray());
      int end = file.size();
      ints(file, 0x06064b50, 44, 0, 0x002d031e, 0, 0, count, 0, count, 0);
      ints(file, directory.size(), 0, begin, 0);
      ints(file, 0x07064b50, 0, end, 0, 1, 0x06054b50, 0);
      shorts(file, count, count);
      ints(file, directory.size(), begin);
      shorts(file, 0);
      return file.toByteArray();
    }
  }

  static void ints(ByteArrayOutputStream out, int... values) {
    for (int value : values) {
      shorts(out, value, value >>> 16);
    }
  }

  static void shorts(ByteArrayOutputStream out, int... values) {
    for (int value : values) {
      out.write(value);
      out.write(value >>> 8);
    }
  }
}
