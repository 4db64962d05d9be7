package io.longcat4j.decode;

import io.longcat4j.attention.AttentionPolicy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Numbers that say what a position is fed, so that equal prefixes are found again: a token is its
 * id; everything else is a hash of its content with the highest bit set, so that it meets no id.
 */
final class RowKeys {
  private static final long NOT_A_TOKEN = Long.MIN_VALUE;

  private RowKeys() {}

  static long ofToken(int id) {
    return id;
  }

  /** A generated position: what it is fed, and what its heads look at. */
  static long ofGenerated(int textId, int[] audioIds, AttentionPolicy policy) {
    if (audioIds.length == 0 && policy instanceof AttentionPolicy.Dense) {
      return ofToken(textId);
    }
    long hash = mix(of(policy) + textId);
    for (int id : audioIds) {
      hash = mix(hash + id);
    }
    return hash | NOT_A_TOKEN;
  }

  /** Of all that decides what heads look at. */
  private static long of(AttentionPolicy policy) {
    if (!(policy instanceof AttentionPolicy.Sparse sparse)) {
      return mix(0);
    }
    long hash = mix(sparse.positions());
    hash = mix(hash + Double.doubleToLongBits(sparse.share()));
    hash = mix(hash + sparse.choice().code() * 2L + (sparse.shared() ? 1 : 0));
    hash = mix(hash + sparse.sinks());
    hash = mix(hash + sparse.recent());
    hash = mix(hash + sparse.densePrefix());
    for (int block : sparse.blocks()) {
      hash = mix(hash + block);
    }
    return hash;
  }

  /** The finaliser of SplitMix64 over the next state. */
  private static long mix(long state) {
    long z = state + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Keys of encoder rows: SHA-256 of the numbers themselves, cut to 63 bits. */
  static void ofEncoderRows(
      float[] values, int fromRow, int hidden, long[] keys, int fromKey, int rows) {
    MessageDigest digest = sha256();
    ByteBuffer bytes = ByteBuffer.allocate(hidden * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows; i++) {
      bytes.asFloatBuffer().put(values, (fromRow + i) * hidden, hidden);
      long hash = ByteBuffer.wrap(digest.digest(bytes.array())).getLong();
      keys[fromKey + i] = hash | NOT_A_TOKEN;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
