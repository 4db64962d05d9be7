package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A memory-mapped file of any length.
 *
 * <p>One mapping holds at most 2 GiB - 1 bytes, and a process may hold only some 65,000 mappings,
 * so the file is mapped in windows of that length which start every 1 GiB: whatever run of up to 1
 * GiB is asked for lies in one piece in the window its first byte belongs to. All windows are
 * mapped when the file is opened, from one file handle: a mapping costs address space only, a file
 * that is replaced later cannot mix its bytes with the old ones, and nothing can fail or block when
 * a slice is taken.
 *
 * <p>Immutable and thread-safe. The file must not be shortened while it is in use.
 */
final class MappedFile implements Storage {
  private static final long WINDOW_STRIDE = 1L << 30;
  private static final long WINDOW_BYTES = Integer.MAX_VALUE;

  private final MappedByteBuffer[] windows;
  private final long bytes;

  private MappedFile(MappedByteBuffer[] windows, long bytes) {
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
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(
          file
              + (Files.exists(file) ? ": is not a regular file" : ": does not exist")
              + "; the checkpoint is incomplete, fetch the file again");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long bytes = channel.size();
      MappedByteBuffer[] windows = new MappedByteBuffer[windowCount(bytes)];
      for (int i = 0; i < windows.length; i++) {
        long start = i * WINDOW_STRIDE;
        long length = Math.min(WINDOW_BYTES, bytes - start);
        windows[i] = channel.map(FileChannel.MapMode.READ_ONLY, start, length);
      }
      return new MappedFile(windows, bytes);
    } catch (NoSuchFileException e) {
      throw new CheckpointException(file + ": does not exist; fetch the file again", e);
    } catch (UnsupportedOperationException e) {
      throw new CheckpointException(
          file.toUri()
              + ": lies in a file system that cannot be mapped into memory, such as a ZIP file;"
              + " unpack the checkpoint and give its directory",
          e);
    } catch (IOException e) {
      throw new CheckpointException(
          file + ": cannot be read (" + e.getMessage() + "); check its permissions and the disk",
          e);
    }
  }

  private static int windowCount(long bytes) {
    long beyondFirst = Math.max(0, bytes - WINDOW_BYTES);
    return Math.toIntExact(1 + (beyondFirst + WINDOW_STRIDE - 1) / WINDOW_STRIDE);
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
    int window = (int) Math.min(windows.length - 1, offset / WINDOW_STRIDE);
    int start = (int) (offset - window * WINDOW_STRIDE);
    return windows[window].slice(start, length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
