package io.longcat4j.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.attention.PageTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SequenceCacheProperties {
  /** A sequence and what its positions must hold. */
  private record Known(SequenceCache sequence, List<Float> content) {}

  @Property(tries = 60)
  void sequencesHoldWhatWasWrittenHoweverTheyForkGrowAndShrink(
      @ForAll long seed, @ForAll @IntRange(min = 4, max = 40) int pages) {
    Random random = new Random(seed);
    PagedCache cache = new PagedCache(pages, 7);
    PageMemory memory = new PageMemory(cache);
    List<Known> all = new ArrayList<>();
    for (int action = 0; action < 80; action++) {
      act(random, cache, memory, all);
      if (random.nextInt(3) == 0) {
        memory.pass();
      }
      for (Known known : all) {
        assertThat(memory.afterPass(known.sequence)).isEqualTo(known.content);
      }
    }
    all.forEach(known -> known.sequence.close());
    all.forEach(known -> known.sequence.close());
    assertThat(cache.freePages()).isEqualTo(pages);
    assertThat(cache.leasedBytes()).isZero();
    cache.close();
  }

  private static void act(Random random, PagedCache cache, PageMemory memory, List<Known> all) {
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
      default -> append(random, cache, memory, known);
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

  private static void append(Random random, PagedCache cache, PageMemory memory, Known known) {
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
      memory.write(known.sequence, known.content.size(), value);
      known.content.add(value);
    }
  }

  @Example
  void aPageThatNobodyReleasedIsNamedWithItsOriginWhereLeasesAreFollowed() {
    assertThat(Boolean.getBoolean(PageLeaks.PROPERTY)).as("set for all tests").isTrue();
    PagedCache cache = new PagedCache(4, 1);
    SequenceCache forgotten = cache.open(20);
    assertThat(forgotten.length()).isEqualTo(20);
    assertThatThrownBy(cache::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("2 pages were not released")
        .hasRootCauseMessage("page 1 was leased here");
    cache.close();
  }

  @Example
  void pagesAreNotReleasedTwice() {
    try (PagedCache cache = new PagedCache(4, 1)) {
      int page = cache.lease();
      cache.release(page);
      assertThatThrownBy(() -> cache.release(page)).hasMessageContaining("held by nobody");
      assertThatThrownBy(() -> cache.retain(page)).hasMessageContaining("held by nobody");
    }
  }

  @Example
  void aTableIsMadeAnewWhereAPageComesOrGoesAlone() {
    try (PagedCache cache = new PagedCache(4, 1);
        SequenceCache sequence = cache.open(3)) {
      PageTable first = sequence.table();
      assertThat(sequence.append(13)).isTrue();
      assertThat(sequence.table()).isSameAs(first);
      assertThat(sequence.append(1)).isTrue();
      PageTable longer = sequence.table();
      assertThat(longer.size()).isEqualTo(2);
      assertThat(longer.page(0)).isEqualTo(first.page(0));
      assertThat(first.size()).as("what a pass holds does not change").isEqualTo(1);
      sequence.truncate(16);
      assertThat(sequence.table()).isEqualTo(first);
    }
  }

  @Example
  void copiesAreTakenOnceAndInOrder() {
    try (PagedCache cache = new PagedCache(4, 1);
        SequenceCache sequence = cache.open(18);
        SequenceCache fork = sequence.fork()) {
      assertThat(fork.table().page(0)).isEqualTo(sequence.table().page(0));
      PageCopy copy = new PageCopy(sequence.table().page(1), fork.table().page(1), 2);
      assertThat(cache.takeCopies()).containsExactly(copy);
      assertThat(cache.takeCopies()).isEmpty();
    }
  }
}
