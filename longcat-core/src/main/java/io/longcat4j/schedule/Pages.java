package io.longcat4j.schedule;

import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.PrefixTree;
import io.longcat4j.cache.SequenceCache;
import java.util.Collection;

/**
 * Gives pages to requests: known prefixes first, then free pages, then those of prefixes that
 * nobody uses. Used by the scheduler's thread; owns the tree, not the cache.
 */
final class Pages implements AutoCloseable {
  private final PagedCache cache;
  private final PrefixTree tree;

  Pages(PagedCache cache) {
    this.cache = cache;
    this.tree = new PrefixTree(cache);
  }

  /**
   * Opens a request's sequence with what is known of it, if there is room for all its rows and one
   * page to go on, beside what the running requests have been promised.
   */
  boolean open(RunningRequest request, Collection<RunningRequest> running) {
    SequenceCache sequence = cache.open();
    int known = request.rows.size();
    int reused = tree.lookup(request.rows.keys(), known - 1, sequence);
    int positions = Math.min(known + PagedCache.PAGE_POSITIONS, request.submission.positions());
    int wanted = sequence.missingPages(positions - reused) + promised(running);
    int lacking = wanted - cache.freePages();
    if (lacking > 0 && !running.isEmpty() && lacking > tree.evictable()) {
      sequence.close();
      return false;
    }
    if (lacking > 0) {
      tree.evict(lacking);
    }
    request.cache = sequence;
    if (!request.started) {
      request.reused = reused;
    }
    return true;
  }

  private static int promised(Collection<RunningRequest> running) {
    int pages = 0;
    for (RunningRequest request : running) {
      SequenceCache sequence = request.cache;
      pages += sequence == null ? 0 : sequence.missingPages(request.remaining());
    }
    return pages;
  }

  /** Makes room for rows, at the cost of prefixes that nobody uses. */
  boolean append(SequenceCache sequence, int rows) {
    int lacking = sequence.missingPages(rows) - cache.freePages();
    if (lacking > 0) {
      tree.evict(lacking);
    }
    return sequence.append(rows);
  }

  /** Keeps a prompt for others, while its request goes on. */
  void keepPrompt(RunningRequest request) {
    int rows = request.rows.promptSize();
    keep(request, rows - rows % PagedCache.PAGE_POSITIONS);
  }

  /** Takes a request's pages back; what has been computed is kept for others. */
  void release(RunningRequest request) {
    keep(request, request.computed());
    discard(request);
  }

  private void keep(RunningRequest request, int rows) {
    if (request.cache != null) {
      tree.insert(request.rows.keys(), rows, request.cache);
    }
  }

  /** Takes a request's pages back; what they hold is worth nothing. */
  void discard(RunningRequest request) {
    if (request.cache != null) {
      request.cache.close();
      request.cache = null;
    }
  }

  /** Forgets prefixes and copies, since a pass that was to write pages has failed. */
  void forget() {
    tree.clear();
    cache.dropCopies();
  }

  long bytes(RunningRequest request) {
    return PagedCache.pagesFor(request.computed()) * cache.pageBytes();
  }

  int kept() {
    return tree.pages();
  }

  @Override
  public void close() {
    tree.close();
  }
}
