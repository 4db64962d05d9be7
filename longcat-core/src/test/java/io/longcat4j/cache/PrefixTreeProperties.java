package io.longcat4j.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PrefixTreeProperties {
  private static final int PAGE = PagedCache.PAGE_POSITIONS;
  private static final int MOST = 60;

  /** Sequences that write at every position a number made of all keys up to it. */
  private static final class World implements AutoCloseable {
    private final PagedCache cache;
    private final PageMemory memory;
    private final PrefixTree tree;

    World(int pages) {
      cache = new PagedCache(pages, 1);
      memory = new PageMemory(cache);
      tree = new PrefixTree(cache);
    }

    static float content(long[] keys, int position) {
      return Arrays.hashCode(Arrays.copyOf(keys, position + 1)) / 1e3f;
    }

    /** What a request does; returns how much it found, or -1 if there were too few pages. */
    int compute(long[] keys, List<SequenceCache> open) {
      SequenceCache sequence = cache.open();
      int reused = tree.lookup(keys, keys.length - 1, sequence);
      assertThat(sequence.length()).isEqualTo(reused);
      check(keys, sequence, reused);
      int lacking = sequence.missingPages(keys.length - reused) - cache.freePages();
      if (lacking > 0) {
        int evictable = tree.evictable();
        int freed = tree.evict(lacking);
        assertThat(freed).isGreaterThanOrEqualTo(Math.min(lacking, evictable));
        assertThat(freed).isLessThanOrEqualTo(evictable);
      }
      check(keys, sequence, reused);
      if (!sequence.append(keys.length - reused)) {
        sequence.close();
        return -1;
      }
      for (int i = reused; i < keys.length; i++) {
        memory.write(sequence, i, content(keys, i));
      }
      open.add(sequence);
      return reused;
    }

    void check(long[] keys, SequenceCache sequence, int length) {
      List<Float> values = memory.afterPass(sequence);
      for (int i = 0; i < length; i++) {
        assertThat(values.get(i)).isEqualTo(content(keys, i));
      }
    }

    @Override
    public void close() {
      tree.close();
      tree.close();
      assertThat(cache.freePages()).isEqualTo(cache.pages());
      cache.close();
    }
  }

  private static long[] keys(Random random) {
    long[] keys = new long[1 + random.nextInt(MOST)];
    Random shared = new Random(random.nextInt(3));
    int own = random.nextInt(keys.length + 1);
    for (int i = 0; i < keys.length; i++) {
      long common = shared.nextInt(2);
      keys[i] = i < own ? common : random.nextInt(2);
    }
    return keys;
  }

  @Property(tries = 60)
  void whatIsFoundIsTheLongestPrefixThatWasKept(@ForAll long seed) {
    Random random = new Random(seed);
    try (World world = new World(400)) {
      List<long[]> kept = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        long[] keys = keys(random);
        List<SequenceCache> open = new ArrayList<>();
        int most = keys.length - 1;
        int longest =
            kept.stream().mapToInt(known -> Math.min(most, common(known, keys))).max().orElse(0);
        assertThat(world.compute(keys, open)).isEqualTo(longest);
        world.tree.insert(keys, keys.length, open.get(0));
        open.get(0).close();
        kept.add(keys);
        assertThat(world.cache.pages() - world.cache.freePages()).isEqualTo(world.tree.pages());
        assertThat(world.tree.evictable()).isEqualTo(world.tree.pages());
      }
    }
  }

  private static int common(long[] one, long[] other) {
    int mismatch = Arrays.mismatch(one, other);
    return mismatch < 0 ? one.length : mismatch;
  }

  @Property(tries = 60)
  void nothingIsLostOrMixedUpWherePagesAreScarce(
      @ForAll long seed, @ForAll @IntRange(min = 5, max = 14) int pages) {
    Random random = new Random(seed);
    try (World world = new World(pages)) {
      List<SequenceCache> open = new ArrayList<>();
      List<long[]> openKeys = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        long[] keys = keys(random);
        if (world.compute(keys, open) >= 0) {
          openKeys.add(keys);
          int whole = keys.length - keys.length % PAGE;
          world.tree.insert(keys, whole, open.get(open.size() - 1));
        }
        for (int j = 0; j < open.size(); j++) {
          world.check(openKeys.get(j), open.get(j), openKeys.get(j).length);
        }
        while (!open.isEmpty() && random.nextInt(3) > 0) {
          int index = random.nextInt(open.size());
          long[] ended = openKeys.remove(index);
          SequenceCache sequence = open.remove(index);
          world.tree.insert(ended, ended.length, sequence);
          sequence.close();
        }
      }
      open.forEach(SequenceCache::close);
    }
  }

  @Example
  void whatWasUsedLastStaysLongest() {
    try (World world = new World(4)) {
      long[] old = new long[PAGE];
      long[] used = new long[PAGE];
      long[] newest = new long[PAGE];
      Arrays.fill(used, 1);
      Arrays.fill(newest, 2);
      for (long[] keys : List.of(used, old, newest)) {
        List<SequenceCache> open = new ArrayList<>();
        world.compute(keys, open);
        world.tree.insert(keys, PAGE, open.get(0));
        open.get(0).close();
      }
      assertThat(found(world, used)).isEqualTo(PAGE);
      assertThat(world.tree.evict(1)).isEqualTo(1);
      assertThat(found(world, old)).isZero();
      assertThat(found(world, newest)).isEqualTo(PAGE);
      assertThat(world.tree.evict(1)).isEqualTo(1);
      assertThat(found(world, used)).isZero();
      assertThat(world.tree.evict(5)).isEqualTo(1);
      assertThat(world.tree.evict(5)).isZero();
    }
  }

  private static int found(World world, long[] keys) {
    try (SequenceCache sequence = world.cache.open()) {
      return world.tree.lookup(keys, keys.length, sequence);
    }
  }
}
