package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The central directory of a ZIP file of any size, with the places of the entries' bytes, so that
 * uncompressed entries can be used where they lie.
 */
final class ZipDirectory {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR64_SIGNATURE = 0x07064b50;
  private static final int LOCATOR64_BYTES = 20;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int MAX_COMMENT_BYTES = 0xffff;
  private static final int MAX_DIRECTORY_BYTES = 64 << 20;
  private static final int ENCRYPTED = 1;
  private static final int ZIP64_EXTRA = 1;
  private static final long IN_EXTRA = 0xffffffffL;

  private final String file;
  private final Storage zip;

  private ZipDirectory(String file, Storage zip) {
    this.file = file;
    this.zip = zip;
  }

  /**
   * One file inside the ZIP file.
   *
   * @param name with its folders
   * @param method 0 for stored, 8 for deflated
   * @param storedBytes length in the ZIP file
   * @param bytes length of the contents
   * @param headerOffset where its local header starts
   */
  record Entry(String name, int method, long storedBytes, long bytes, long headerOffset) {
    static final int STORED = 0;
    static final int DEFLATED = 8;
  }

  /** The directory's start and length in the file. */
  private record Extent(long offset, long bytes) {}

  static Map<String, Entry> read(String file, Storage zip) {
    return new ZipDirectory(file, zip).entries();
  }

  /**
   * Where an entry's bytes start.
   *
   * @param file for messages
   * @param zip the ZIP file
   * @param entry one of its entries
   * @return offset in the ZIP file; all of {@code entry.storedBytes()} lie inside
   */
  static long dataOffset(String file, Storage zip, Entry entry) {
    ZipDirectory directory = new ZipDirectory(file, zip);
    ByteBuffer header = directory.slice(entry.headerOffset(), LOCAL_BYTES, entry.name());
    directory.expect(
        header.getInt(0) == LOCAL_SIGNATURE, "entry " + entry.name() + " has no local header");
    int nameBytes = unsigned16(header, 26);
    int extraBytes = unsigned16(header, 28);
    long offset = entry.headerOffset() + LOCAL_BYTES + nameBytes + extraBytes;
    directory.expect(
        offset <= zip.bytes() && entry.storedBytes() <= zip.bytes() - offset,
        "entry " + entry.name() + " reaches beyond the end of the file");
    return offset;
  }

  private Map<String, Entry> entries() {
    Extent extent = extent();
    expect(
        extent.bytes() >= 0 && extent.bytes() <= MAX_DIRECTORY_BYTES,
        "the ZIP directory claims " + extent.bytes() + " bytes");
    ByteBuffer directory = slice(extent.offset(), (int) extent.bytes(), "the ZIP directory");
    Map<String, Entry> entries = new LinkedHashMap<>();
    int at = 0;
    while (at < directory.limit()) {
      expect(
          directory.limit() - at >= CENTRAL_BYTES && directory.getInt(at) == CENTRAL_SIGNATURE,
          "the ZIP directory is damaged");
      int nameBytes = unsigned16(directory, at + 28);
      int extraBytes = unsigned16(directory, at + 30);
      int length = CENTRAL_BYTES + nameBytes + extraBytes + unsigned16(directory, at + 32);
      expect(length <= directory.limit() - at, "the ZIP directory is damaged");
      Entry entry = entry(directory.slice(at, length).order(directory.order()), nameBytes);
      expect(entries.put(entry.name(), entry) == null, "entry " + entry.name() + " occurs twice");
      at += length;
    }
    return entries;
  }

  private Extent extent() {
    long size = zip.bytes();
    int tailBytes = (int) Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
    ByteBuffer tail = zip.slice(size - tailBytes, tailBytes);
    for (int at = tailBytes - END_BYTES; at >= 0; at--) {
      if (tail.getInt(at) == END_SIGNATURE
          && unsigned16(tail, at + 20) == tailBytes - at - END_BYTES) {
        long end = size - tailBytes + at;
        return extent64(end, new Extent(unsigned32(tail, at + 16), unsigned32(tail, at + 12)));
      }
    }
    throw damaged("it has no ZIP directory; it is truncated");
  }

  private Extent extent64(long end, Extent extent) {
    if (end < LOCATOR64_BYTES) {
      return extent;
    }
    ByteBuffer locator = zip.slice(end - LOCATOR64_BYTES, LOCATOR64_BYTES);
    if (locator.getInt(0) != LOCATOR64_SIGNATURE) {
      return extent;
    }
    ByteBuffer end64 = slice(locator.getLong(8), END64_BYTES, "the ZIP64 directory");
    expect(end64.getInt(0) == END64_SIGNATURE, "the ZIP64 directory is damaged");
    return new Extent(end64.getLong(48), end64.getLong(40));
  }

  private Entry entry(ByteBuffer record, int nameBytes) {
    byte[] raw = new byte[nameBytes];
    record.get(CENTRAL_BYTES, raw);
    String name = new String(raw, StandardCharsets.UTF_8);
    expect((unsigned16(record, 8) & ENCRYPTED) == 0, "entry " + name + " is encrypted");
    int method = unsigned16(record, 10);
    expect(
        method == Entry.STORED || method == Entry.DEFLATED,
        "entry " + name + " is compressed by the unknown method " + method);
    Sizes sizes = sizes(record, nameBytes, name);
    boolean plausible =
        sizes.bytes >= 0
            && sizes.storedBytes >= 0
            && sizes.headerOffset >= 0
            && (method != Entry.STORED || sizes.bytes == sizes.storedBytes);
    expect(plausible, "entry " + name + " has contradictory sizes");
    return new Entry(name, method, sizes.storedBytes, sizes.bytes, sizes.headerOffset);
  }

  private record Sizes(long bytes, long storedBytes, long headerOffset) {}

  /** Values too large for 32 bits follow, in this order, in the ZIP64 field. */
  private Sizes sizes(ByteBuffer record, int nameBytes, String name) {
    ByteBuffer extra = zip64Extra(record, CENTRAL_BYTES + nameBytes, unsigned16(record, 30));
    long[] values = {unsigned32(record, 24), unsigned32(record, 20), unsigned32(record, 42)};
    for (int i = 0; i < values.length; i++) {
      if (values[i] == IN_EXTRA && extra.limit() > 0) {
        expect(extra.remaining() >= Long.BYTES, "entry " + name + " has a damaged ZIP64 field");
        values[i] = extra.getLong();
      }
    }
    return new Sizes(values[0], values[1], values[2]);
  }

  private static ByteBuffer zip64Extra(ByteBuffer record, int start, int length) {
    int end = start + length;
    int at = start;
    while (end - at >= 4) {
      int id = unsigned16(record, at);
      int bytes = Math.min(unsigned16(record, at + 2), end - at - 4);
      if (id == ZIP64_EXTRA) {
        return record.slice(at + 4, bytes).order(record.order());
      }
      at += 4 + bytes;
    }
    return ByteBuffer.allocate(0);
  }

  private ByteBuffer slice(long offset, int length, String what) {
    expect(
        offset >= 0 && offset <= zip.bytes() && length <= zip.bytes() - offset,
        what + " reaches beyond the end of the file");
    return zip.slice(offset, length);
  }

  private void expect(boolean condition, String otherwise) {
    if (!condition) {
      throw damaged(otherwise);
    }
  }

  private CheckpointException damaged(String what) {
    return new CheckpointException(file + ": " + what + "; fetch the file again");
  }

  private static int unsigned16(ByteBuffer buffer, int at) {
    return buffer.getShort(at) & 0xffff;
  }

  private static long unsigned32(ByteBuffer buffer, int at) {
    return buffer.getInt(at) & 0xffffffffL;
  }
}
