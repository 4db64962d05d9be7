package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What two copies of a checkpoint are compared by without reading them: the configuration, name,
 * format and shape of every tensor, and how each vector begins. Matrices are many, and what is read
 * of them would stay in memory.
 */
final class Fingerprint {
  private static final long SMALL_BYTES = 1 << 20;
  private static final int COMPARED_BYTES = 256;

  private final MessageDigest digest;

  Fingerprint() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Fingerprint add(Path file) {
    try {
      digest.update(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new CheckpointException(file + ": cannot be read (" + e + ")", e);
    }
    return this;
  }

  Fingerprint add(TensorSource tensors) {
    tensors.names().stream().sorted().map(tensors::require).forEach(this::add);
    return this;
  }

  private void add(StoredTensor tensor) {
    String dims = Arrays.toString(tensor.shape().dims());
    String header = tensor.name() + '\n' + tensor.dtype() + '\n' + dims + '\n';
    digest.update(header.getBytes(StandardCharsets.UTF_8));
    if (tensor.shape().rank() == 1 && tensor.byteSize() <= SMALL_BYTES) {
      ByteBuffer start = tensor.bytes(0, (int) Math.min(COMPARED_BYTES, tensor.byteSize()));
      digest.update(start);
    }
  }

  byte[] toBytes() {
    return digest.digest();
  }
}
