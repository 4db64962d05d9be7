package io.longcat4j.vision.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** A place in a file's content from which numbers are read. Not thread-safe. */
final class FileBytes {
  private final byte[] content;
  private final int end;
  private int position;

  FileBytes(byte[] content) {
    this(content, 0, content.length);
  }

  private FileBytes(byte[] content, int position, int end) {
    this.content = content;
    this.position = position;
    this.end = end;
  }

  int position() {
    return position;
  }

  int remaining() {
    return end - position;
  }

  /** Goes to a place that is known to lie inside. */
  void moveTo(int place) throws IOException {
    if (place < 0 || place > end) {
      throw cutOff();
    }
    position = place;
  }

  void skip(long bytes) throws IOException {
    require(bytes);
    position += (int) bytes;
  }

  /** The next bytes as a part of its own. */
  FileBytes part(long bytes) throws IOException {
    require(bytes);
    FileBytes part = new FileBytes(content, position, position + (int) bytes);
    position += (int) bytes;
    return part;
  }

  byte[] bytes(long count) throws IOException {
    require(count);
    position += (int) count;
    return Arrays.copyOfRange(content, position - (int) count, position);
  }

  /** The next bytes as letters. */
  String name(int letters) throws IOException {
    return new String(bytes(letters), ISO_8859_1);
  }

  int unsigned8() throws IOException {
    require(1);
    return content[position++] & 0xff;
  }

  /** Least significant byte first. */
  long little(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) unsigned8() << (8 * i);
    }
    return value;
  }

  int little16() throws IOException {
    return (int) little(2);
  }

  int little24() throws IOException {
    return (int) little(3);
  }

  long little32() throws IOException {
    return little(4);
  }

  int big16() throws IOException {
    return unsigned8() << 8 | unsigned8();
  }

  long big32() throws IOException {
    return (long) big16() << 16 | big16();
  }

  private void require(long bytes) throws IOException {
    if (bytes < 0 || bytes > end - position) {
      throw cutOff();
    }
  }

  static IOException cutOff() {
    return new EOFException("it is cut off");
  }
}
