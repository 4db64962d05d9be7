package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a safetensors file: the length of a JSON header as 64 bits, the header, then the tensors'
 * bytes without gaps.
 */
public final class SafetensorsFile {
  private static final int LENGTH_BYTES = Long.BYTES;
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private SafetensorsFile() {}

  /**
   * Maps a file and checks its whole header; the tensors' bytes are not touched.
   *
   * @param file a safetensors file
   * @return its tensors in header order; thread-safe, keeps the mapping alive, needs no closing
   * @throws CheckpointException if the file is absent, truncated, or breaks the format's rules
   */
  public static TensorSource open(Path file) {
    try (OpenFile opened = OpenFile.of(file)) {
      Layout layout = layout(file.toString(), opened.bytes(), opened::read);
      return layout.tensors(opened.map(layout.starts()));
    }
  }

  /** Reads a file's bytes, wherever they are. */
  static TensorSource read(String file, Storage bytes) {
    return layout(file, bytes.bytes(), bytes::slice).tensors(bytes);
  }

  /** Gives runs of a file's bytes. */
  private interface Reader {
    ByteBuffer read(long offset, int length);
  }

  /** What lies where in a file. */
  private record Layout(String file, List<SafetensorsHeader.Entry> entries, long dataStart) {
    /** Where tensors begin. */
    long[] starts() {
      return entries.stream().mapToLong(entry -> dataStart + entry.begin()).sorted().toArray();
    }

    TensorSource tensors(Storage bytes) {
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (SafetensorsHeader.Entry entry : entries) {
        tensors.put(
            entry.name(),
            new StoredTensor(
                entry.name(),
                file,
                entry.dtype(),
                Shape.of(entry.dims()),
                bytes,
                dataStart + entry.begin()));
      }
      return new NamedTensors(file, tensors);
    }
  }

  private static Layout layout(String file, long bytes, Reader reader) {
    long headerBytes = headerLength(file, bytes, reader);
    List<SafetensorsHeader.Entry> entries =
        SafetensorsHeader.parse(file, reader.read(LENGTH_BYTES, (int) headerBytes));
    long dataStart = LENGTH_BYTES + headerBytes;
    requireGapless(file, entries, bytes - dataStart);
    return new Layout(file, entries, dataStart);
  }

  private static long headerLength(String file, long bytes, Reader reader) {
    if (bytes < LENGTH_BYTES) {
      throw new CheckpointException(
          file
              + ": has "
              + bytes
              + " bytes, too few for a safetensors header; fetch the file again");
    }
    long length = reader.read(0, LENGTH_BYTES).getLong(0);
    if (length < 0 || length > bytes - LENGTH_BYTES) {
      throw new CheckpointException(
          file
              + ": the header claims "
              + Long.toUnsignedString(length)
              + " bytes, but the file has "
              + bytes
              + "; it is truncated or no safetensors file, fetch it again");
    }
    if (length > MAX_HEADER_BYTES) {
      throw new CheckpointException(
          file
              + ": the header claims "
              + length
              + " bytes, more than the format's limit of "
              + MAX_HEADER_BYTES
              + "; it is damaged or no safetensors file, fetch it again");
    }
    return length;
  }

  private static void requireGapless(
      String file, List<SafetensorsHeader.Entry> entries, long dataBytes) {
    List<SafetensorsHeader.Entry> sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.comparingLong(SafetensorsHeader.Entry::begin)
            .thenComparingLong(SafetensorsHeader.Entry::end));
    long end = 0;
    String previous = "the header";
    for (SafetensorsHeader.Entry entry : sorted) {
      if (entry.end() > dataBytes) {
        throw new CheckpointException(
            file
                + ": tensor "
                + entry.name()
                + " ends at byte "
                + entry.end()
                + " of the data, but the file holds only "
                + dataBytes
                + "; it is truncated, fetch it again");
      }
      if (entry.begin() != end) {
        throw new CheckpointException(
            file
                + ": data_offsets of tensor "
                + entry.name()
                + " start at "
                + entry.begin()
                + (entry.begin() < end ? ", inside " : ", leaving a gap after ")
                + previous
                + ", which ends at "
                + end
                + "; the file is damaged, fetch it again");
      }
      end = entry.end();
      previous = "tensor " + entry.name();
    }
    if (end != dataBytes) {
      throw new CheckpointException(
          file
              + ": "
              + (dataBytes - end)
              + " bytes at its end belong to no tensor; the file is damaged, fetch it again");
    }
  }
}
