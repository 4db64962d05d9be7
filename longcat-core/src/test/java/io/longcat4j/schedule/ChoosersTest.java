package io.longcat4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class ChoosersTest {
  @Test
  void everyPieceIsDoneOnceBeforeTheCallReturns() {
    for (int threads : new int[] {1, 2, 5}) {
      Choosers choosers = new Choosers(threads);
      for (int count = 0; count < 200; count++) {
        AtomicIntegerArray done = new AtomicIntegerArray(count + 1);
        choosers.each(count, done::incrementAndGet);
        for (int i = 0; i < count; i++) {
          assertThat(done.get(i)).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void piecesAreDoneSideBySide() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CyclicBarrier together = new CyclicBarrier(3);
    new Choosers(3)
        .each(
            3,
            piece -> {
              threads.add(Thread.currentThread());
              try {
                together.await();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(threads).hasSize(3).contains(Thread.currentThread());
  }

  @Test
  void anInterruptedThreadWaitsForAllAndStaysInterrupted() {
    AtomicIntegerArray done = new AtomicIntegerArray(50);
    Thread.currentThread().interrupt();
    new Choosers(2).each(50, done::incrementAndGet);
    assertThat(Thread.interrupted()).isTrue();
    for (int i = 0; i < 50; i++) {
      assertThat(done.get(i)).isEqualTo(1);
    }
  }
}
