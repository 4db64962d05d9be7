package io.longcat4j.model;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.cache.PageCopy;
import io.longcat4j.tensor.HostRows;
import java.util.Arrays;
import java.util.List;

/** Commands to bytes; what {@link CommandReader} reads. */
final class CommandWriter {
  static final byte VERSION = 2;
  static final byte PASS = 1;
  static final byte DRAFT = 2;
  static final byte AUDIO_HEAD = 3;

  private byte[] bytes = new byte[256];
  private int length;

  private CommandWriter() {}

  static byte[] write(Command command) {
    CommandWriter writer = new CommandWriter();
    if (command instanceof Pass pass) {
      writer.begin(PASS);
      writer.pass(pass);
    } else if (command instanceof Draft draft) {
      writer.begin(DRAFT);
      writer.ints(draft.nextIds());
      writer.ints(draft.textRows());
    } else if (command instanceof AudioHead head) {
      writer.begin(AUDIO_HEAD);
      writer.number(head.head());
      writer.ints(head.chosen());
    }
    return Arrays.copyOf(writer.bytes, writer.length);
  }

  private void begin(byte kind) {
    bytes[length++] = VERSION;
    bytes[length++] = kind;
  }

  private void pass(Pass pass) {
    copies(pass.copies());
    ints(pass.textIds());
    number(pass.audioIds().length);
    for (int[] ids : pass.audioIds()) {
      ints(ids);
    }
    number(pass.encodedRows().size());
    for (EncodedRows rows : pass.encodedRows()) {
      number(rows.firstRow());
      rows(rows.values());
    }
    number(pass.spans().size());
    for (Span span : pass.spans()) {
      span(span);
    }
    ints(pass.textRows());
    ints(pass.audioRows());
  }

  private void copies(List<PageCopy> copies) {
    number(copies.size());
    for (PageCopy copy : copies) {
      number(copy.from());
      number(copy.to());
      number(copy.positions());
    }
  }

  private void span(Span span) {
    number(span.firstRow());
    number(span.rows());
    number(span.firstPosition());
    policy(span.policy());
    PageTable table = span.pages();
    ints(table.pages());
  }

  private void policy(AttentionPolicy policy) {
    if (!(policy instanceof AttentionPolicy.Sparse sparse)) {
      number(0);
      return;
    }
    number(sparse.positions());
    long share = Double.doubleToRawLongBits(sparse.share());
    number((int) share);
    number((int) (share >> Integer.SIZE));
    number(sparse.choice().code());
    number(sparse.shared() ? 1 : 0);
    number(sparse.sinks());
    number(sparse.recent());
    number(sparse.densePrefix());
    List<Integer> blocks = sparse.blocks();
    number(blocks.size());
    for (int i = 0; i < blocks.size(); i++) {
      number(blocks.get(i));
    }
  }

  private void rows(HostRows values) {
    number(values.rows());
    number(values.columns());
    int size = Math.toIntExact(values.bytes());
    reserve(size);
    values.copyTo(bytes, length);
    length += size;
  }

  private void ints(int[] values) {
    number(values.length);
    reserve(Math.multiplyExact(values.length, Integer.BYTES));
    for (int value : values) {
      put(value);
    }
  }

  private void number(int value) {
    reserve(Integer.BYTES);
    put(value);
  }

  private void put(int value) {
    bytes[length] = (byte) value;
    bytes[length + 1] = (byte) (value >> 8);
    bytes[length + 2] = (byte) (value >> 16);
    bytes[length + 3] = (byte) (value >> 24);
    length += Integer.BYTES;
  }

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      int doubled = (int) Math.min(Integer.MAX_VALUE - 8, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, Math.max(needed, doubled));
    }
  }
}
