package io.longcat4j.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.model.EncodedRows;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where the rows of encoders are, and for how long. */
@Tag("once")
class EncodedRowsMemoryTest {
  private static final int HIDDEN = 1024;
  private static final int ROWS = 1000;
  private static final long BYTES = (long) HIDDEN * ROWS * Float.BYTES;

  private static PromptRows picture(int seed) {
    float[] values = new float[ROWS * HIDDEN];
    Arrays.fill(values, seed);
    return PromptRows.builder(new int[ROWS + 2], HIDDEN).splice(1, ROWS, values, 0).build();
  }

  private static long outsideTheHeap() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /** After everything that nobody holds is given back, so that it does not go in between. */
  private static long settled() {
    long now = outsideTheHeap();
    for (int same = 0; same < 5; ) {
      System.gc();
      long next = outsideTheHeap();
      same = next == now ? same + 1 : 0;
      now = next;
    }
    return now;
  }

  @Test
  void aConversationHoldsItsRowsOnceHoweverOftenItIsContinuedAndCut() {
    long before = settled();
    PromptRows rows = picture(1);
    assertThat(outsideTheHeap() - before).isBetween(BYTES, BYTES + 65_536);
    List<PromptRows> turns = new ArrayList<>();
    for (int turn = 0; turn < 200; turn++) {
      rows = rows.then(PromptRows.of(new int[] {turn}));
      turns.add(rows.first(ROWS / 2));
    }
    assertThat(outsideTheHeap() - before).isLessThan(BYTES + 65_536);
    assertThat(turns).hasSize(200);
  }

  @Test
  void whatNobodyHoldsIsGivenBackOverALongConversation() throws InterruptedException {
    long before = settled();
    long most = Runtime.getRuntime().maxMemory();
    int pictures = (int) Math.min(400, 2 * most / BYTES);
    for (int turn = 0; turn < pictures; turn++) {
      assertThat(picture(turn).rows()).isEqualTo(ROWS + 2);
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (outsideTheHeap() - before > BYTES && System.nanoTime() < end) {
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(outsideTheHeap() - before).isLessThanOrEqualTo(BYTES);
  }

  @Test
  void rowsAreSplicedInOrderAndCutToThePass() {
    int rows = 2500;
    float[] values = new float[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = i;
    }
    PromptRows prompt =
        PromptRows.builder(IntStream.range(0, 3000).toArray(), 1)
            .splice(400, 2500, values, 0)
            .splice(2, 3, values, 7)
            .build();
    List<EncodedRows> found = new ArrayList<>();
    prompt.addEncodedRows(3, 1500, 10, found);
    assertThat(found).hasSize(3);
    assertThat(found.get(0).firstRow()).isEqualTo(10);
    assertThat(numbers(found.get(0))).containsExactly(8, 9);
    assertThat(found.get(1).firstRow()).isEqualTo(10 + 397);
    assertThat(numbers(found.get(1))).hasSize(1024).startsWith(0, 1).endsWith(1023);
    assertThat(found.get(2).firstRow()).isEqualTo(10 + 397 + 1024);
    assertThat(numbers(found.get(2))).startsWith(1024).endsWith(1102);
    assertThat(prompt.textId(2)).isEqualTo(SpeechStep.NONE);
    assertThat(prompt.textId(5)).isEqualTo(5);
  }

  private static List<Integer> numbers(EncodedRows rows) {
    List<Integer> numbers = new ArrayList<>();
    float[] row = new float[1];
    for (int i = 0; i < rows.values().rows(); i++) {
      rows.values().copyTo(i, row);
      numbers.add((int) row[0]);
    }
    return numbers;
  }
}
