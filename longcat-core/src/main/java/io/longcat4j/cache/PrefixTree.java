package io.longcat4j.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pages of prefixes that were computed before, by what their positions were fed. A node is a page;
 * only a leaf may hold fewer positions than a page has. Pages stay until they are evicted, those
 * that were not used for the longest time first, ends before beginnings.
 *
 * <p>Used by one thread at a time, as the cache is; closed before it.
 */
public final class PrefixTree implements AutoCloseable {
  private static final int PAGE = PagedCache.PAGE_POSITIONS;

  /** Evicting several pages at once costs about as much as evicting one. */
  private static final int EVICTION_SHARE = 64;

  private static final class Node {
    private final @Nullable Node parent;
    private final List<Node> children = new ArrayList<>();
    private long[] keys;
    private int page;
    private long lastUse;
    private long blockedAt;

    Node(@Nullable Node parent, long[] keys, int page) {
      this.parent = parent;
      this.keys = keys;
      this.page = page;
    }

    /** How many of the next keys this page begins with. */
    int common(long[] wanted, int from, int most) {
      int limit = Math.min(keys.length, most);
      int count = 0;
      while (count < limit && keys[count] == wanted[from + count]) {
        count++;
      }
      return count;
    }

    @Nullable Node closest(long[] wanted, int from, int most) {
      Node best = null;
      int bestCommon = 0;
      for (int i = 0; i < children.size(); i++) {
        int common = children.get(i).common(wanted, from, most);
        if (common > bestCommon) {
          best = children.get(i);
          bestCommon = common;
        }
      }
      return best;
    }
  }

  private final PagedCache cache;
  private final Node root = new Node(null, new long[0], PagedCache.NONE);
  private final Set<Node> nodes = new LinkedHashSet<>();
  private long clock;

  /**
   * Starts empty.
   *
   * @param cache whose pages it keeps
   */
  public PrefixTree(PagedCache cache) {
    this.cache = cache;
  }

  /**
   * How many pages are kept.
   *
   * @return at least 0
   */
  public int pages() {
    return nodes.size();
  }

  /**
   * Gives a sequence the longest prefix that is known. Whole pages are shared, the rest is copied
   * into a page of the sequence's own, if one is free.
   *
   * @param keys what the positions are fed
   * @param most upper bound of the positions
   * @param into empty
   * @return how many positions it has now
   */
  public int lookup(long[] keys, int most, SequenceCache into) {
    clock++;
    Node node = root;
    while (into.length() < most) {
      int at = into.length();
      Node next = node.closest(keys, at, most - at);
      if (next == null) {
        break;
      }
      next.lastUse = clock;
      int common = next.common(keys, at, most - at);
      if (common < PAGE) {
        into.copy(next.page, common);
        break;
      }
      into.share(next.page);
      node = next;
    }
    return into.length();
  }

  /**
   * Keeps the pages of a sequence. If the last one is not full, the sequence must not write it any
   * more without {@link SequenceCache#append}.
   *
   * @param keys what the positions were fed
   * @param length how many of the sequence's positions; they have been computed
   * @param sequence holds the pages
   */
  public void insert(long[] keys, int length, SequenceCache sequence) {
    clock++;
    Node node = root;
    for (int at = 0; at < length; at += PAGE) {
      int count = Math.min(PAGE, length - at);
      int page = sequence.page(at / PAGE);
      Node next = node.closest(keys, at, count);
      int common = next == null ? 0 : next.common(keys, at, count);
      if (next == null || common < Math.min(count, next.keys.length)) {
        next = add(node, Arrays.copyOfRange(keys, at, at + count), page);
      } else if (common < count) {
        extend(next, Arrays.copyOfRange(keys, at, at + count), page);
      }
      next.lastUse = clock;
      node = next;
    }
  }

  private Node add(Node parent, long[] keys, int page) {
    cache.retain(page);
    Node node = new Node(parent, keys, page);
    parent.children.add(node);
    nodes.add(node);
    return node;
  }

  /** The page of a leaf that is not full gives way to one that goes on. */
  private void extend(Node leaf, long[] keys, int page) {
    cache.retain(page);
    cache.release(leaf.page);
    leaf.page = page;
    leaf.keys = keys;
  }

  /**
   * How many pages {@link #evict} could free now.
   *
   * @return those that no sequence holds, nor one that follows them
   */
  public int evictable() {
    clock++;
    int blocked = 0;
    for (Node node : nodes) {
      if (cache.isShared(node.page)) {
        for (Node n = node; n != null && n != root && n.blockedAt != clock; n = n.parent) {
          n.blockedAt = clock;
          blocked++;
        }
      }
    }
    return nodes.size() - blocked;
  }

  /**
   * Frees pages, and a few more in advance if there are many.
   *
   * @param pages how many
   * @return how many became free, maybe fewer or more
   */
  public int evict(int pages) {
    PriorityQueue<Node> leaves = new PriorityQueue<>(Comparator.comparingLong(n -> n.lastUse));
    for (Node node : nodes) {
      if (isEvictable(node)) {
        leaves.add(node);
      }
    }
    int wanted = Math.max(pages, Math.min(leaves.size() / 2, cache.pages() / EVICTION_SHARE));
    int freed = 0;
    while (freed < wanted && !leaves.isEmpty()) {
      Node leaf = leaves.remove();
      remove(leaf);
      freed++;
      Node parent = leaf.parent;
      if (parent != null && parent != root && isEvictable(parent)) {
        leaves.add(parent);
      }
    }
    return freed;
  }

  private boolean isEvictable(Node node) {
    return node.children.isEmpty() && !cache.isShared(node.page);
  }

  private void remove(Node leaf) {
    if (leaf.parent != null) {
      leaf.parent.children.remove(leaf);
    }
    nodes.remove(leaf);
    cache.release(leaf.page);
  }

  /** Releases all pages; the tree may be filled again. */
  public void clear() {
    nodes.forEach(node -> cache.release(node.page));
    nodes.clear();
    root.children.clear();
  }

  /** Releases all pages; idempotent. */
  @Override
  public void close() {
    clear();
  }
}
