package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Choice;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.cache.PageCopy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.tensor.HostRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Commands that travel as bytes. */
class CommandProperties {
  private static final int HIDDEN = 3;
  private static final PassLimits LIMITS = new PassLimits(64, 64, 40, 100, 2, 30, HIDDEN);

  /** Any pass that keeps to the limits. */
  private static Pass pass(Random random) {
    List<PageCopy> copies = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      int from = random.nextInt(40);
      copies.add(new PageCopy(from, (from + 1 + random.nextInt(39)) % 40, 1 + random.nextInt(16)));
    }
    AttentionPolicy exact =
        new AttentionPolicy.Sparse(
            3 + random.nextInt(9),
            random.nextInt(2) * 0.3,
            Choice.SCORES,
            false,
            random.nextInt(2),
            random.nextInt(3),
            random.nextInt(50),
            random.nextBoolean() ? List.of() : List.of(random.nextInt(3), 3 + random.nextInt(4)));
    List<Span> spans = new ArrayList<>();
    List<EncodedRows> encoded = new ArrayList<>();
    int rows = 0;
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int count = 1 + random.nextInt(15);
      int position = random.nextInt(200);
      int pages = PagedCache.pagesFor(position + count) + random.nextInt(2);
      PageTable table = PageTable.of(random.ints(pages, 0, 40).toArray());
      boolean dense = random.nextBoolean();
      AttentionPolicy policy = dense ? AttentionPolicy.dense() : exact;
      spans.add(new Span(rows, count, position, table, policy));
      if (random.nextInt(3) == 0) {
        int some = 1 + random.nextInt(count);
        float[] values = new float[some * HIDDEN];
        for (int at = 0; at < values.length; at++) {
          values[at] = (float) random.nextGaussian();
        }
        encoded.add(new EncodedRows(rows, HostRows.copyOf(values, 0, some, HIDDEN)));
      }
      rows += count;
    }
    int[] ids = random.ints(rows, -1, 100).toArray();
    encoded.forEach(
        run ->
            Arrays.fill(ids, run.firstRow(), run.firstRow() + run.values().rows(), Command.NONE));
    int count = rows;
    int[][] sound = new int[random.nextBoolean() ? 2 : 0][];
    Arrays.setAll(sound, head -> random.ints(count, -1, 30).toArray());
    return new Pass(copies, ids, sound, encoded, spans, some(random, rows), some(random, rows));
  }

  private static int[] some(Random random, int rows) {
    return random.ints(random.nextInt(rows + 1), 0, rows).sorted().distinct().toArray();
  }

  private static Command command(Random random) {
    Pass pass = pass(random);
    return switch (random.nextInt(4)) {
      case 0 -> new Draft(random.ints(pass.rows(), -1, 100).toArray(), pass.textRows());
      case 1 -> new AudioHead(random.nextInt(5), random.ints(random.nextInt(9)).toArray());
      default -> pass;
    };
  }

  @Property(tries = 300)
  void whatIsReadEqualsWhatWasWritten(@ForAll long seed) {
    Command command = command(new Random(seed));
    byte[] bytes = command.toBytes();
    Command read = Command.read(bytes);
    assertThat(read).isEqualTo(command).hasSameHashCodeAs(command);
    assertThat(read.toBytes()).isEqualTo(bytes);
    assertThat(bytes[0]).as("the version comes first").isEqualTo((byte) 2);
    if (command instanceof Pass pass) {
      LIMITS.check(pass);
    }
  }

  @Property(tries = 2000)
  void changedBytesAreRefusedOrAnotherCommand(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = command(random).toBytes();
    int what = random.nextInt(4);
    if (what == 0) {
      bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
    } else if (what == 1) {
      bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
    } else {
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        int at = random.nextInt(bytes.length);
        byte[] odd = {0, -1, 127, -128, (byte) random.nextInt()};
        bytes[at] = odd[random.nextInt(odd.length)];
      }
    }
    Command read;
    try {
      read = Command.read(bytes);
    } catch (MalformedCommandException e) {
      return;
    }
    assertThat(read.toBytes()).isEqualTo(bytes);
    if (read instanceof Pass pass) {
      Throwable refused = catchThrowable(() -> LIMITS.check(pass));
      assertThat(refused == null || refused instanceof MalformedCommandException).isTrue();
    }
  }

  @Property(tries = 50)
  void whatEndsTooEarlyIsRefusedWhereverItEnds(@ForAll long seed) {
    byte[] bytes = command(new Random(seed)).toBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> Command.read(cut)).isInstanceOf(MalformedCommandException.class);
    }
  }

  @Example
  void theOrderOfBytesIsFixed() {
    byte[] bytes = new AudioHead(2, new int[] {-1, 0x01020304}).toBytes();
    assertThat(bytes).containsExactly(2, 3, 2, 0, 0, 0, 2, 0, 0, 0, -1, -1, -1, -1, 4, 3, 2, 1);
  }

  @Example
  void anotherVersionIsNamed() {
    assertThatThrownBy(() -> Command.read(new byte[] {1, 1}))
        .isInstanceOf(MalformedCommandException.class)
        .hasMessageContaining("its version is 1, not 2")
        .hasMessageContaining("one version of the library on all ranks");
    assertThatThrownBy(() -> Command.read(new byte[] {2, 9})).hasMessageContaining("kind is 9");
  }

  @Example
  void lengthsThatPromiseTooMuchTakeNoMemory() {
    byte[] huge = {2, 2, -1, -1, -1, 127};
    assertThatThrownBy(() -> Command.read(huge))
        .isInstanceOf(MalformedCommandException.class)
        .hasMessageContaining("2147483647 next ids");
  }
}
