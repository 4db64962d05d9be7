package io.longcat4j.media;

import io.longcat4j.MediaException;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;

/**
 * Looks at the sample tables of an MP4 or MOV file before FFmpeg does. They may name any number of
 * samples in a few bytes, and FFmpeg makes an entry of 90 bytes for each before it reads one, which
 * for a forged number takes minutes and gigabytes and cannot be ended. A file of another container
 * has none of these tables and passes.
 */
final class Mp4Tables {
  /** Samples of one track, or of all fragments: 40 hours of video, 25 of compressed sound. */
  private static final long MAX_SAMPLES = 4_000_000;

  private static final Set<String> PARENTS =
      Set.of(
          "moov", "trak", "mdia", "minf", "stbl", "moof", "traf", "edts", "mvex", "udta", "dinf");
  private static final int MAX_DEPTH = 10;
  private static final int HEAD_BYTES = 8;
  private static final int LONG_HEAD_BYTES = 16;
  private static final int SOUND = 0x736f_756e;
  private static final int PER_SAMPLE_FLAGS = 0xf00;

  private final String name;
  private final Bytes file;
  private final Cancellation wanted;
  private long fragmentSamples;
  private boolean sound;
  private boolean oneTick;

  private Mp4Tables(String name, Bytes file, Cancellation wanted) {
    this.name = name;
    this.file = file;
    this.wanted = wanted;
  }

  /** Content that is read here and there. */
  private interface Bytes {
    long size();

    /** As many bytes as there are of those asked for. */
    ByteBuffer read(long at, int count) throws IOException;
  }

  /**
   * Refuses tables that promise more than the file can hold.
   *
   * @param name for messages
   * @param file as native code will open it
   * @param wanted asked meanwhile
   * @throws MediaException if a table is forged
   */
  static void require(String name, Path file, Cancellation wanted) {
    try (FileChannel channel = FileChannel.open(file)) {
      new Mp4Tables(name, of(channel), wanted).walk(0, channel.size(), 0);
    } catch (IOException e) {
      wanted.check(); // An interruption closes the file.
      throw new MediaException(name + " cannot be read: " + e + "; check the disk", e);
    }
  }

  /** As {@link #require(String, Path, Cancellation)}, for content that has been read already. */
  static void require(String name, byte[] content, Cancellation wanted) {
    try {
      new Mp4Tables(name, of(content), wanted).walk(0, content.length, 0);
    } catch (IOException e) {
      throw new MediaException(name + " cannot be read: " + e, e);
    }
  }

  private static Bytes of(FileChannel channel) throws IOException {
    long size = channel.size();
    return new Bytes() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public ByteBuffer read(long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, Math.min(count, size - at)));
        while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) > 0) {}
        return bytes.flip();
      }
    };
  }

  private static Bytes of(byte[] content) {
    return new Bytes() {
      @Override
      public long size() {
        return content.length;
      }

      @Override
      public ByteBuffer read(long at, int count) {
        int from = (int) Math.min(at, content.length);
        return ByteBuffer.wrap(content, from, Math.min(count, content.length - from)).slice();
      }
    };
  }

  private void walk(long from, long end, int depth) throws IOException {
    long at = from;
    while (end - at >= HEAD_BYTES) {
      wanted.check();
      ByteBuffer head = file.read(at, LONG_HEAD_BYTES);
      if (head.remaining() < HEAD_BYTES) {
        return;
      }
      long size = head.getInt(0) & 0xffff_ffffL;
      int headBytes = HEAD_BYTES;
      if (size == 1 && head.remaining() == LONG_HEAD_BYTES) {
        size = head.getLong(HEAD_BYTES);
        headBytes = LONG_HEAD_BYTES;
      }
      long next = size == 0 ? end : at + Math.max(size, 0);
      if (next < at + headBytes) {
        return;
      }
      look(tag(head), at + headBytes, Math.min(next, end), depth);
      at = next;
    }
  }

  private static String tag(ByteBuffer head) {
    StringBuilder tag = new StringBuilder(4);
    for (int i = 4; i < HEAD_BYTES; i++) {
      tag.append((char) (head.get(i) & 0xff));
    }
    return tag.toString();
  }

  private void look(String tag, long from, long end, int depth) throws IOException {
    if (PARENTS.contains(tag) && depth < MAX_DEPTH) {
      sound &= !tag.equals("trak");
      walk(from, end, depth + 1);
      return;
    }
    switch (tag) {
      case "hdlr" -> sound |= word(from + 8) == SOUND;
      case "stts" -> oneTick = word(from + 4) == 1 && word(from + 12) == 1;
      case "stsz" -> requireSizes(word(from + 4), word(from + 8));
      case "stsc" -> requireChunks(from, end);
      case "trun" -> requireRun(word(from), word(from + 4), end - from);
      case "cmov" ->
          throw new MediaException(
              name + " has a compressed header, which is not read; save it again as MP4");
      default -> {}
    }
  }

  private void requireSizes(long size, long count) {
    if (size == 0) {
      return; // Each has an entry in the file.
    }
    // Of plain PCM, where each sample lasts one tick, FFmpeg counts chunks instead.
    boolean plain = sound && oneTick;
    if (count > file.size() / size || (!plain && count > MAX_SAMPLES)) {
      throw forged(count);
    }
  }

  /** No chunk can have more samples than the file has bytes. */
  private void requireChunks(long from, long end) throws IOException {
    long entries = Math.min(word(from + 4), (end - from) / 12);
    for (long i = 0; i < entries; i++) {
      wanted.check();
      long samples = word(from + 8 + 12 * i + 4);
      if (samples > file.size() || (!sound && samples > MAX_SAMPLES)) {
        throw forged(samples);
      }
    }
  }

  private void requireRun(long flags, long count, long bytes) {
    int perSample = Integer.BYTES * Long.bitCount(flags & PER_SAMPLE_FLAGS);
    long most = perSample == 0 ? file.size() : bytes / perSample;
    fragmentSamples += count;
    if (count > most || fragmentSamples > MAX_SAMPLES) {
      throw forged(count);
    }
  }

  private long word(long at) throws IOException {
    ByteBuffer word = file.read(at, Integer.BYTES);
    return word.remaining() < Integer.BYTES ? 0 : word.getInt(0) & 0xffff_ffffL;
  }

  private MediaException forged(long samples) {
    return new MediaException(
        name
            + " promises "
            + samples
            + " samples in one table, which are more than its "
            + file.size()
            + " bytes can hold, or than "
            + MAX_SAMPLES
            + "; it is damaged, pass a complete video, or a shorter one");
  }
}
