package io.longcat4j.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

/** Reads what is in a file into a hash. */
final class FileHashing {
  private static final int BLOCK = 1 << 20;

  private FileHashing() {}

  /**
   * Reads from the beginning.
   *
   * @param channel the file; afterwards it stands behind what was read
   * @param bytes how many
   * @param digest gets them
   * @param read hears how many were read so far
   * @throws InterruptedException if the thread was interrupted
   */
  static void update(FileChannel channel, long bytes, MessageDigest digest, LongConsumer read)
      throws IOException, InterruptedException {
    ByteBuffer block = ByteBuffer.allocate((int) Math.min(BLOCK, Math.max(1, bytes)));
    try {
      channel.position(0);
      long done = 0;
      while (done < bytes) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        block.clear().limit((int) Math.min(block.capacity(), bytes - done));
        int count = channel.read(block);
        if (count < 0) {
          throw new IOException("the file ends after " + done + " of " + bytes + " bytes");
        }
        digest.update(block.array(), 0, count);
        done += count;
        read.accept(done);
      }
    } catch (ClosedByInterruptException e) {
      throw interrupted();
    }
  }

  /** The JDK closes a file under an interrupted thread and keeps the interruption. */
  static InterruptedException interrupted() {
    Thread.interrupted();
    return new InterruptedException();
  }
}
