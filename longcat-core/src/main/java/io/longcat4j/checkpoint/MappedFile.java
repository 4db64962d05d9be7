package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * A memory-mapped file of any length.
 *
 * <p>One mapping holds at most 2 GiB - 1 bytes, and a process may hold only some 65,000 mappings,
 * so the file is mapped in windows, each of which begins at a place that no run lies across, such
 * as the start of a tensor. Where there is none within reach, windows of 2 GiB - 1 bytes start
 * every 1 GiB: whatever run of up to 1 GiB is asked for there lies in one piece in the window its
 * first byte belongs to. All windows are mapped when the file is opened, from one file handle: a
 * mapping costs address space only, a file that is replaced later cannot mix its bytes with the old
 * ones, and nothing can fail or block when a slice is taken.
 *
 * <p>Immutable and thread-safe. The file must not be shortened while it is in use.
 */
final class MappedFile implements Storage {
  private static final long WINDOW_STRIDE = 1L << 30;
  private static final long WINDOW_BYTES = Integer.MAX_VALUE;

  private final long[] starts;
  private final MappedByteBuffer[] windows;
  private final long bytes;

  private MappedFile(long[] starts, MappedByteBuffer[] windows, long bytes) {
    this.starts = starts;
    this.windows = windows;
    this.bytes = bytes;
  }

  /**
   * Maps a file.
   *
   * @param file an existing file
   * @return its bytes
   * @throws CheckpointException if it is absent, no regular file, or cannot be read
   */
  static MappedFile open(Path file) {
    try (OpenFile opened = OpenFile.of(file)) {
      return opened.map();
    }
  }

  /**
   * Maps an open file.
   *
   * @param channel to read from
   * @param cuts places in ascending order that no slice shall lie across; none if any may
   * @return its bytes
   * @throws IOException if it cannot be mapped
   */
  static MappedFile map(FileChannel channel, long... cuts) throws IOException {
    long bytes = channel.size();
    long[] starts = starts(bytes, cuts);
    MappedByteBuffer[] windows = new MappedByteBuffer[starts.length];
    for (int i = 0; i < starts.length; i++) {
      boolean isCut = i + 1 < starts.length && Arrays.binarySearch(cuts, starts[i + 1]) >= 0;
      long end = isCut ? starts[i + 1] : bytes;
      long length = Math.min(WINDOW_BYTES, end - starts[i]);
      windows[i] = channel.map(FileChannel.MapMode.READ_ONLY, starts[i], length);
    }
    return new MappedFile(starts, windows, bytes);
  }

  /** Each window goes as far as it can. */
  private static long[] starts(long bytes, long[] cuts) {
    LongStream.Builder starts = LongStream.builder();
    starts.add(0);
    for (long start = 0; bytes - start > WINDOW_BYTES; starts.add(start)) {
      long cut = lastCut(cuts, start + WINDOW_BYTES);
      start = cut > start ? cut : start + WINDOW_STRIDE;
    }
    return starts.build().toArray();
  }

  private static long lastCut(long[] cuts, long most) {
    int found = Arrays.binarySearch(cuts, most);
    int last = found >= 0 ? found : -found - 2;
    return last < 0 ? 0 : cuts[last];
  }

  /** How much address space the windows take. */
  long addressBytes() {
    return Arrays.stream(windows).mapToLong(MappedByteBuffer::capacity).sum();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public boolean isMapped() {
    return true;
  }

  @Override
  public ByteBuffer slice(long offset, int length) {
    Objects.checkFromIndexSize(offset, /* size= */ length, /* length= */ bytes);
    Objects.checkIndex(length, MAX_SLICE + 1);
    int found = Arrays.binarySearch(starts, offset);
    int window = found >= 0 ? found : -found - 2;
    int start = (int) (offset - starts[window]);
    return windows[window].slice(start, length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
