package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file while it is being opened: its beginning is read, then it is mapped, from one handle. What
 * was mapped stays when this is closed. Not thread-safe.
 */
final class OpenFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final long bytes;

  private OpenFile(Path file, FileChannel channel, long bytes) {
    this.file = file;
    this.channel = channel;
    this.bytes = bytes;
  }

  /**
   * Opens a file.
   *
   * @param file an existing file
   * @return to be closed by the caller
   * @throws CheckpointException if it is absent, no regular file, or cannot be read
   */
  static OpenFile of(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(
          file
              + (Files.exists(file) ? ": is not a regular file" : ": does not exist")
              + "; the checkpoint is incomplete, fetch the file again");
    }
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      try {
        return new OpenFile(file, channel, channel.size());
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw new CheckpointException(file + ": does not exist; fetch the file again", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * The length.
   *
   * @return bytes
   */
  long bytes() {
    return bytes;
  }

  /**
   * Reads a run of bytes past any mapping, so that no more of the file comes into memory.
   *
   * @param offset from the start of the file
   * @param length how many; they lie in the file
   * @return a little-endian buffer from 0 to {@code length}
   * @throws CheckpointException if they cannot be read
   */
  ByteBuffer read(long offset, int length) {
    ByteBuffer read = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (read.hasRemaining()) {
        if (channel.read(read, offset + read.position()) < 0) {
          throw new EOFException("it ends at byte " + (offset + read.position()));
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    return read.flip();
  }

  /**
   * Maps the file.
   *
   * @param cuts places in ascending order that no slice shall lie across; none if any may
   * @return its bytes
   * @throws CheckpointException if it cannot be mapped
   */
  MappedFile map(long... cuts) {
    try {
      return MappedFile.map(channel, cuts);
    } catch (UnsupportedOperationException e) {
      throw new CheckpointException(
          file.toUri()
              + ": lies in a file system that cannot be mapped into memory, such as a ZIP file;"
              + " unpack the checkpoint and give its directory",
          e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private CheckpointException unreadable(IOException e) {
    return unreadable(file, e);
  }

  private static CheckpointException unreadable(Path file, IOException e) {
    return new CheckpointException(
        file + ": cannot be read (" + e.getMessage() + "); check its permissions and the disk", e);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }
}
