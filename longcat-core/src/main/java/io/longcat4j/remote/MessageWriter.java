package io.longcat4j.remote;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.parallel.Ranks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes a question or an answer, of at most {@link Ranks#MAX_QUESTION_BYTES} bytes. */
final class MessageWriter {
  private static final int FIRST_BYTES = 256;

  private ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES);

  private ByteBuffer room(long more) {
    long needed = bytes.position() + more;
    if (needed > Ranks.MAX_QUESTION_BYTES) {
      throw new InvalidRequestException(
          "A message between ranks would have %d bytes, there may be %d; send less at once, or leave"
                  .formatted(needed, Ranks.MAX_QUESTION_BYTES)
              + " the encoders on rank 0");
    }
    if (needed > bytes.capacity()) {
      long larger = Math.max(needed, Math.min(2L * bytes.capacity(), Ranks.MAX_QUESTION_BYTES));
      bytes = ByteBuffer.allocate((int) larger).put(bytes.flip());
    }
    return bytes;
  }

  MessageWriter flag(boolean value) {
    room(1).put((byte) (value ? 1 : 0));
    return this;
  }

  MessageWriter number(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  MessageWriter large(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  MessageWriter real(double value) {
    room(Double.BYTES).putDouble(value);
    return this;
  }

  MessageWriter bytes(byte[] values) {
    number(values.length);
    room(values.length).put(values);
    return this;
  }

  MessageWriter text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bit for bit. */
  MessageWriter floats(float[] values) {
    number(values.length);
    long size = (long) values.length * Float.BYTES;
    ByteBuffer into = room(size);
    into.asFloatBuffer().put(values);
    into.position(into.position() + (int) size);
    return this;
  }

  /** All of it; this writes no more. */
  ByteBuffer done() {
    return bytes.flip();
  }
}
