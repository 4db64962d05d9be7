package io.longcat4j.parallel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/**
 * What one rank says to another: a mark, its kind and its length in 12 bytes, then as many bytes.
 *
 * @param kind what it is
 * @param payload from position to limit
 */
record Frame(FrameKind kind, ByteBuffer payload) {
  private static final int MARK = 0x4c435246;
  static final int HEADER_BYTES = 12;

  /** Memory is taken as bytes arrive, not as they are promised. */
  private static final int FIRST_BYTES = 1 << 16;

  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  static Frame of(FrameKind kind) {
    return new Frame(kind, NOTHING);
  }

  ByteBuffer header() {
    return ByteBuffer.allocate(HEADER_BYTES)
        .putInt(MARK)
        .putInt(kind.code())
        .putInt(payload.remaining())
        .flip();
  }

  /** The next frame, which must be one of some kinds. */
  static Frame read(Wire wire, Wire.Waiting waiting, Set<FrameKind> expected) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    wire.read(waiting, header);
    header.flip();
    if (header.getInt() != MARK) {
      throw new MalformedFrameException("no frame begins with what came");
    }
    int code = header.getInt();
    int bytes = header.getInt();
    FrameKind kind = FrameKind.of(code, bytes);
    if (!expected.contains(kind)) {
      throw new MalformedFrameException("a frame " + kind + " where " + expected + " may come");
    }
    ByteBuffer payload = ByteBuffer.allocate(Math.min(bytes, FIRST_BYTES));
    wire.read(waiting, payload);
    while (payload.position() < bytes) {
      int larger = (int) Math.min(bytes, 2L * payload.capacity());
      payload = ByteBuffer.allocate(larger).put(payload.flip());
      wire.read(waiting, payload);
    }
    return new Frame(kind, payload.flip());
  }

  static Frame read(Wire wire, Wire.Waiting waiting, FrameKind first, FrameKind... others)
      throws IOException {
    return read(wire, waiting, EnumSet.of(first, others));
  }
}
