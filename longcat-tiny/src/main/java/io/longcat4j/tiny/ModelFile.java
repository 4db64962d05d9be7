package io.longcat4j.tiny;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * A file of the model. What comes out of the artifact is held against its SHA-256. What lies in a
 * directory of this user's is looked at before every start, where a JVM that has just begun would
 * take ten times as long for that as for a CRC; damage is all that can be meant there, for whoever
 * writes to that directory could as well replace the program.
 *
 * @param sha256 of its bytes, in hexadecimal
 * @param crc32 of its bytes
 * @param bytes how many there are
 * @param path where it lies in the model's directory, with forward slashes
 */
record ModelFile(String sha256, long crc32, long bytes, String path) {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Whether the file is there as it should be. */
  boolean isWholeIn(Path directory) throws IOException {
    Path file = directory.resolve(path);
    if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
      return false;
    }
    CRC32 sum = new CRC32();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sum.update(buffer, 0, read);
      }
    }
    return sum.getValue() == crc32;
  }

  /**
   * Writes the file.
   *
   * @return whether it is as it should be
   */
  boolean unpack(InputStream from, Path directory) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file)) {
      return sha256.equals(copy(from, out));
    }
  }

  private static String copy(InputStream from, OutputStream to) throws IOException {
    MessageDigest digest = newDigest();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
      digest.update(buffer, 0, read);
      to.write(buffer, 0, read);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
