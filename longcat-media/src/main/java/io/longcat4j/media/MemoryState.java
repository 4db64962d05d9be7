package io.longcat4j.media;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Where FFmpeg is in bytes that lie in native memory. It is in native memory itself, because all
 * that FFmpeg hands back to a callback is an address. Not thread-safe.
 */
final class MemoryState {
  private static final int VALUES = 3;
  private static final int DATA = 0;
  private static final int LENGTH = 1;
  private static final int POSITION = 2;

  private final LongPointer values;

  /**
   * The state that lies somewhere.
   *
   * @param at what {@link #address} gave
   */
  MemoryState(Pointer at) {
    this.values = new LongPointer(at);
  }

  /** Copies bytes to native memory; {@link #free} frees them. */
  static MemoryState of(byte[] content) {
    BytePointer data = Ffmpeg.allocate(Math.max(1, content.length));
    data.put(content, 0, content.length);
    BytePointer room;
    try {
      room = Ffmpeg.allocate((long) VALUES * Long.BYTES);
    } catch (RuntimeException | Error e) {
      Ffmpeg.free(data);
      throw e;
    }
    MemoryState state = new MemoryState(room);
    state.values.put(DATA, data.address()).put(LENGTH, content.length).put(POSITION, 0);
    return state;
  }

  Pointer address() {
    return values;
  }

  long length() {
    return values.get(LENGTH);
  }

  long position() {
    return values.get(POSITION);
  }

  /** Goes somewhere, also behind the end, as in a file. */
  void seek(long position) {
    values.put(POSITION, position);
  }

  /**
   * Copies what comes next.
   *
   * @param into room for it
   * @param most bytes
   * @return how many, 0 at the end
   */
  int read(Pointer into, int most) {
    long position = position();
    int bytes = (int) Math.max(0, Math.min(most, length() - position));
    if (bytes > 0) {
      Pointer.memcpy(into, new Address(values.get(DATA) + position), bytes);
      seek(position + bytes);
    }
    return bytes;
  }

  void free() {
    Ffmpeg.free(new Address(values.get(DATA)));
    Ffmpeg.free(values);
  }

  /** A pointer that owns nothing. */
  private static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }
}
