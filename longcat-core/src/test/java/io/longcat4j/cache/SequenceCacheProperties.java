package io.longcat4j.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SequenceCacheProperties {
  private static final int BLOCKS = 2;
  private static final int COLUMNS = 3;

  /** A sequence and what its positions must hold. */
  private record Known(SequenceCache sequence, List<Float> content) {}

  @Property(tries = 60)
  void sequencesHoldWhatWasWrittenHoweverTheyForkGrowAndShrink(
      @ForAll long seed, @ForAll @IntRange(min = 4, max = 40) int pages) {
    Random random = new Random(seed);
    try (ComputeBackend backend = open()) {
      Stream stream = backend.openStream();
      PagedCache cache =
          PagedCache.allocate(backend, stream, BLOCKS, COLUMNS, RowFormat.F32, pages);
      List<Known> all = new ArrayList<>();
      for (int action = 0; action < 80; action++) {
        act(random, cache, stream, all);
        for (Known known : all) {
          assertThat(read(cache, stream, known.sequence)).isEqualTo(known.content);
        }
      }
      all.forEach(known -> known.sequence.close());
      all.forEach(known -> known.sequence.close());
      assertThat(cache.freePages()).isEqualTo(pages);
      assertThat(cache.leasedBytes()).isZero();
      cache.close();
    }
  }

  private static void act(Random random, PagedCache cache, Stream stream, List<Known> all) {
    int action = all.isEmpty() ? 0 : random.nextInt(6);
    if (action == 0) {
      all.add(new Known(cache.open(), new ArrayList<>()));
      return;
    }
    int index = random.nextInt(all.size());
    Known known = all.get(index);
    switch (action) {
      case 1 -> truncate(random, known);
      case 2 -> fork(cache, known, all);
      case 3 -> all.remove(index).sequence.close();
      default -> append(random, cache, stream, known);
    }
  }

  private static void truncate(Random random, Known known) {
    int length = random.nextInt(known.content.size() + 1);
    known.sequence.truncate(length);
    known.content.subList(length, known.content.size()).clear();
  }

  private static void fork(PagedCache cache, Known known, List<Known> all) {
    int free = cache.freePages();
    SequenceCache fork = known.sequence.fork();
    if (fork == null) {
      assertThat(free).isZero();
      return;
    }
    boolean partial = known.content.size() % PagedCache.PAGE_POSITIONS != 0;
    assertThat(free - cache.freePages()).isEqualTo(partial ? 1 : 0);
    all.add(new Known(fork, new ArrayList<>(known.content)));
  }

  private static void append(Random random, PagedCache cache, Stream stream, Known known) {
    int count = random.nextInt(40);
    int free = cache.freePages();
    int missing = known.sequence.missingPages(count);
    if (!known.sequence.append(count)) {
      assertThat(missing).isGreaterThan(free);
      assertThat(cache.freePages()).isEqualTo(free);
      return;
    }
    assertThat(free - cache.freePages()).isEqualTo(missing);
    for (int i = 0; i < count; i++) {
      float value = random.nextFloat();
      write(cache, stream, known.sequence.slots()[known.content.size()], value);
      known.content.add(value);
    }
  }

  private static void write(PagedCache cache, Stream stream, int slot, float value) {
    for (int block = 0; block < BLOCKS; block++) {
      float[] row = new float[COLUMNS];
      Arrays.fill(row, value + block);
      stream.write(row, 0, cache.block(block).rows(slot, 1));
    }
  }

  private static List<Float> read(PagedCache cache, Stream stream, SequenceCache sequence) {
    List<Float> values = new ArrayList<>();
    for (int position = 0; position < sequence.length(); position++) {
      float[] row = new float[COLUMNS];
      int slot = sequence.slots()[position];
      stream.read(cache.block(0).rows(slot, 1), row, 0);
      float first = row[0];
      stream.read(cache.block(1).rows(slot, 1), row, 0);
      assertThat(row).containsOnly(first + 1);
      values.add(first);
    }
    return values;
  }

  @Example
  void aPageThatNobodyReleasedIsNamedWithItsOriginWhereLeasesAreFollowed() {
    assertThat(Boolean.getBoolean(PageLeaks.PROPERTY)).as("set for all tests").isTrue();
    try (ComputeBackend backend = open()) {
      PagedCache cache = PagedCache.allocate(backend, backend.openStream(), 1, 1, RowFormat.F32, 4);
      SequenceCache forgotten = cache.open(20);
      assertThat(forgotten.length()).isEqualTo(20);
      assertThatThrownBy(cache::close)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("2 pages were not released")
          .hasRootCauseMessage("page 1 was leased here");
      cache.close();
    }
  }

  @Example
  void pagesAreNotReleasedTwice() {
    try (ComputeBackend backend = open();
        PagedCache cache =
            PagedCache.allocate(backend, backend.openStream(), 1, 1, RowFormat.F32, 4)) {
      int page = cache.lease();
      cache.release(page);
      assertThatThrownBy(() -> cache.release(page)).hasMessageContaining("held by nobody");
      assertThatThrownBy(() -> cache.retain(page)).hasMessageContaining("held by nobody");
    }
  }

  private static ComputeBackend open() {
    return BackendSelection.onClassPath().open(Backend.reference(), OptionalInt.of(1));
  }
}
