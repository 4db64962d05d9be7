package io.longcat4j.model;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Choice;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.cache.PageCopy;
import io.longcat4j.tensor.HostRows;
import java.util.ArrayList;
import java.util.List;

/** Bytes to commands; every length is held against what is left before it is used. */
final class CommandReader {
  private static final int COPY_BYTES = 3 * Integer.BYTES;
  private static final int SPAN_BYTES = 5 * Integer.BYTES;
  private static final Choice[] CHOICES = Choice.values();
  private static final int ENCODED_BYTES = 3 * Integer.BYTES;

  private final byte[] bytes;
  private int at;

  private CommandReader(byte[] bytes) {
    this.bytes = bytes;
  }

  static Command read(byte[] bytes) {
    CommandReader reader = new CommandReader(bytes);
    Command command = reader.command();
    if (reader.at != bytes.length) {
      throw reader.malformed((bytes.length - reader.at) + " bytes follow the command");
    }
    return command;
  }

  private Command command() {
    require(2, "version and kind");
    byte version = bytes[at++];
    if (version != CommandWriter.VERSION) {
      throw malformed(
          "its version is "
              + version
              + ", not "
              + CommandWriter.VERSION
              + "; run one version of the library on all ranks");
    }
    byte kind = bytes[at++];
    return switch (kind) {
      case CommandWriter.PASS -> pass();
      case CommandWriter.DRAFT -> new Draft(ints("next ids"), ints("text rows"));
      case CommandWriter.AUDIO_HEAD -> new AudioHead(number("head"), ints("chosen ids"));
      default -> throw malformed("its kind is " + kind);
    };
  }

  private Pass pass() {
    List<PageCopy> copies = new ArrayList<>();
    for (int left = count(COPY_BYTES, "page copies"); left > 0; left--) {
      copies.add(new PageCopy(number("page"), number("page"), number("positions")));
    }
    int[] textIds = ints("text ids");
    int[][] audioIds = new int[count(Integer.BYTES, "audio heads")][];
    for (int head = 0; head < audioIds.length; head++) {
      audioIds[head] = ints("audio ids");
    }
    List<EncodedRows> encoded = new ArrayList<>();
    for (int left = count(ENCODED_BYTES, "encoded rows"); left > 0; left--) {
      encoded.add(new EncodedRows(number("row"), rows()));
    }
    List<Span> spans = new ArrayList<>();
    for (int left = count(SPAN_BYTES, "spans"); left > 0; left--) {
      spans.add(span());
    }
    return new Pass(
        copies, textIds, audioIds, encoded, spans, ints("text rows"), ints("audio rows"));
  }

  private Span span() {
    int firstRow = number("row");
    int rows = number("rows");
    int firstPosition = number("position");
    AttentionPolicy policy = policy();
    return new Span(firstRow, rows, firstPosition, PageTable.of(ints("pages")), policy);
  }

  private AttentionPolicy policy() {
    int positions = number("positions to keep");
    if (positions == 0) {
      return AttentionPolicy.dense();
    }
    long low = number("share to keep") & 0xffffffffL;
    double share = Double.longBitsToDouble(low | (long) number("share to keep") << Integer.SIZE);
    int choice = number("choice of positions");
    int shared = number("whether heads share positions");
    int sinks = number("first positions to keep");
    int recent = number("last positions to keep");
    int densePrefix = number("dense prefix");
    List<Integer> blocks = new ArrayList<>();
    for (int block : ints("attention blocks")) {
      blocks.add(block);
    }
    Choice found = choice(choice);
    if ((shared & 1) != shared) {
      throw malformed("heads share positions: " + shared);
    }
    try {
      return new AttentionPolicy.Sparse(
          positions, share, found, shared == 1, sinks, recent, densePrefix, blocks);
    } catch (IllegalArgumentException e) {
      throw malformed("its policy: " + e);
    }
  }

  private Choice choice(int code) {
    for (Choice choice : CHOICES) {
      if (choice.code() == code) {
        return choice;
      }
    }
    throw malformed("heads choose positions by " + code);
  }

  private HostRows rows() {
    int rows = number("encoder rows");
    int columns = number("encoder columns");
    if (rows < 0 || columns < 1 || (long) rows * columns > (bytes.length - at) / Float.BYTES) {
      throw malformed("[" + rows + ", " + columns + "] encoder rows");
    }
    HostRows values = HostRows.copyOf(bytes, at, rows, columns);
    at += rows * columns * Float.BYTES;
    return values;
  }

  private int[] ints(String what) {
    int[] values = new int[count(Integer.BYTES, what)];
    for (int i = 0; i < values.length; i++) {
      values[i] = next();
    }
    return values;
  }

  /** How many items follow, which have at least so many bytes each. */
  private int count(int itemBytes, String what) {
    int count = number(what);
    if (count < 0 || count > (bytes.length - at) / itemBytes) {
      throw malformed(count + " " + what);
    }
    return count;
  }

  private int number(String what) {
    require(Integer.BYTES, what);
    return next();
  }

  private int next() {
    int value =
        (bytes[at] & 0xff)
            | (bytes[at + 1] & 0xff) << 8
            | (bytes[at + 2] & 0xff) << 16
            | bytes[at + 3] << 24;
    at += Integer.BYTES;
    return value;
  }

  private void require(int count, String what) {
    if (count > bytes.length - at) {
      throw malformed("it ends before its " + what);
    }
  }

  private MalformedCommandException malformed(String why) {
    return new MalformedCommandException(
        "A command of " + bytes.length + " bytes is refused at byte " + at + ": " + why);
  }
}
