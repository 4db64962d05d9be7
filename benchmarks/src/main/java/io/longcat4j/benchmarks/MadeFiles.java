package io.longcat4j.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * Large files that nobody keeps: each is one random block again and again, begun at a place of its
 * own. The block is larger than what a disk or a processor remembers of it. Immutable.
 */
final class MadeFiles {
  private static final int BLOCK = 64 << 20;
  private static final int PIECE = 1 << 20;
  private static final int STEP = 1_048_583;

  private final byte[] block;
  private final int count;
  private final long bytes;

  /**
   * Makes the block.
   *
   * @param count of files
   * @param bytes of all together, shared out evenly
   */
  MadeFiles(int count, long bytes) {
    this.count = count;
    this.bytes = bytes;
    this.block = new byte[(int) Math.min(BLOCK, Math.max(1, bytes))];
    new SplittableRandom(1).nextBytes(block);
  }

  int count() {
    return count;
  }

  long bytes() {
    return bytes;
  }

  /** Bytes of one file; the first ones have one more where it does not come out even. */
  long bytes(int file) {
    return bytes / count + (file < bytes % count ? 1 : 0);
  }

  static String name(int file) {
    return "model-%05d.safetensors".formatted(file + 1);
  }

  /** Writes a file's content into a stream, in pieces of at most a mebibyte. */
  void write(int file, OutputStream out) throws IOException {
    long left = bytes(file);
    int at = (int) ((long) file * STEP % block.length);
    while (left > 0) {
      int piece = (int) Math.min(left, Math.min(PIECE, block.length - at));
      out.write(block, at, piece);
      at = (at + piece) % block.length;
      left -= piece;
    }
  }

  String sha256(int file) {
    MessageDigest digest = newDigest();
    try (OutputStream hashing = new Hashing(digest)) {
      write(file, hashing);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Takes bytes into a hash and forgets them. */
  private static final class Hashing extends OutputStream {
    private final MessageDigest digest;

    Hashing(MessageDigest digest) {
      this.digest = digest;
    }

    @Override
    public void write(int value) {
      digest.update((byte) value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      digest.update(bytes, offset, length);
    }
  }
}
