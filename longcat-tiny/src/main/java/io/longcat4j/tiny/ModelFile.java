package io.longcat4j.tiny;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of the model.
 *
 * @param sha256 of its bytes, in hexadecimal
 * @param bytes how many there are
 * @param path where it lies in the model's directory, with forward slashes
 */
record ModelFile(String sha256, long bytes, String path) {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Whether the file is there as it should be. */
  boolean isWholeIn(Path directory) throws IOException {
    Path file = directory.resolve(path);
    if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return sha256.equals(copy(in, OutputStream.nullOutputStream()));
    }
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
