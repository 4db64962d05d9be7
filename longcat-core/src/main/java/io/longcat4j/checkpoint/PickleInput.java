package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle; every length is checked before it is used. Not thread-safe. */
final class PickleInput {
  private static final int MAX_LINE_BYTES = 4096;
  private static final int MAX_INTEGER_BYTES = 64;

  private final String file;
  private final ByteBuffer bytes;

  /**
   * A pickle.
   *
   * @param file for messages
   * @param bytes read from its position on
   */
  PickleInput(String file, ByteBuffer bytes) {
    this.file = file;
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** How many bytes have been read. */
  int position() {
    return bytes.position();
  }

  int unsigned8() {
    return require(1).get() & 0xff;
  }

  int unsigned16() {
    return require(Short.BYTES).getShort() & 0xffff;
  }

  int signed32() {
    return require(Integer.BYTES).getInt();
  }

  long signed64() {
    return require(Long.BYTES).getLong();
  }

  double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(signed64()));
  }

  long unsigned32() {
    return signed32() & 0xffffffffL;
  }

  byte[] bytes(long length) {
    require(length);
    byte[] read = new byte[(int) length];
    bytes.get(read);
    return read;
  }

  String utf8(long length) {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  String latin1(long length) {
    return new String(bytes(length), StandardCharsets.ISO_8859_1);
  }

  /** A little-endian two's complement number of any length. */
  Number integer(long length) {
    if (length > MAX_INTEGER_BYTES) {
      throw damaged("holds an integer of " + length + " bytes");
    }
    byte[] little = bytes(length);
    byte[] big = new byte[little.length + 1];
    byte sign = (byte) (little.length > 0 && little[little.length - 1] < 0 ? -1 : 0);
    big[0] = sign;
    for (int i = 0; i < little.length; i++) {
      big[big.length - 1 - i] = little[i];
    }
    return narrowed(new BigInteger(big));
  }

  /** Text up to a line feed, which is consumed. */
  String line() {
    StringBuilder line = new StringBuilder();
    for (int next = unsigned8(); next != '\n'; next = unsigned8()) {
      if (line.length() == MAX_LINE_BYTES) {
        throw damaged("holds a line of more than " + MAX_LINE_BYTES + " bytes");
      }
      line.append((char) next);
    }
    return line.toString();
  }

  static Number narrowed(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  CheckpointException damaged(String what) {
    return new CheckpointException(
        file + ": its pickle " + what + " at byte " + position() + "; fetch the file again");
  }

  private ByteBuffer require(long length) {
    if (length < 0 || length > bytes.remaining()) {
      throw damaged("asks for " + length + " bytes where " + bytes.remaining() + " are left,");
    }
    return bytes;
  }
}
