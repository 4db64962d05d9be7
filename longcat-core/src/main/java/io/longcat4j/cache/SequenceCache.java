package io.longcat4j.cache;

import io.longcat4j.attention.PageTable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one sequence. Full pages may be shared with other sequences and with a {@link
 * PrefixTree}; a page that is written is this sequence's alone, which {@link #append} sees to. Used
 * by one thread at a time; closed by its owner.
 */
public final class SequenceCache implements AutoCloseable {
  private static final int PAGE = PagedCache.PAGE_POSITIONS;

  private final PagedCache cache;
  private int[] pages = {};
  private @Nullable PageTable table;
  private int pageCount;
  private int length;

  SequenceCache(PagedCache cache) {
    this.cache = cache;
  }

  /**
   * Positions so far.
   *
   * @return at least 0
   */
  public int length() {
    return length;
  }

  /**
   * Its pages as they are now; made anew only where a page has come or gone.
   *
   * @return those of {@link #length()} positions
   */
  public PageTable table() {
    PageTable known = table;
    if (known == null) {
      known = PageTable.of(pages, pageCount);
      table = known;
    }
    return known;
  }

  /**
   * How many free pages {@link #append} would take.
   *
   * @param positions at least 0
   * @return at least 0
   */
  public int missingPages(int positions) {
    int copied = positions > 0 && endsInSharedPage() ? 1 : 0;
    return PagedCache.pagesFor(Math.addExact(length, positions)) - pageCount + copied;
  }

  /**
   * Makes room for further positions, whose slots are then to be written.
   *
   * @param positions at least 0
   * @return false if there are too few free pages; nothing has changed then
   */
  public boolean append(int positions) {
    if (missingPages(positions) > cache.freePages()) {
      return false;
    }
    if (positions > 0 && endsInSharedPage()) {
      ownLastPage();
    }
    int end = length + positions;
    while (pageCount * PAGE < end) {
      push(cache.lease());
    }
    length = end;
    return true;
  }

  /**
   * Forgets the positions from some one on.
   *
   * @param newLength at most {@link #length()}
   */
  public void truncate(int newLength) {
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(
          "a sequence of " + length + " positions cannot be cut to " + newLength);
    }
    while (pageCount > PagedCache.pagesFor(newLength)) {
      table = null;
      cache.release(pages[--pageCount]);
    }
    length = newLength;
  }

  /**
   * A second sequence with the same positions: full pages are shared, the last one is copied if it
   * is not full.
   *
   * @return the sequence, to be closed by the caller, or null if there is no free page for the copy
   */
  public @Nullable SequenceCache fork() {
    int tail = length % PAGE;
    if (tail > 0 && cache.freePages() == 0) {
      return null;
    }
    SequenceCache other = new SequenceCache(cache);
    for (int i = 0; i < length / PAGE; i++) {
      other.share(pages[i]);
    }
    if (tail > 0) {
      other.copy(pages[pageCount - 1], tail);
    }
    return other;
  }

  /** Goes on with a full page that others hold too. */
  void share(int page) {
    requireWholePages();
    cache.retain(page);
    push(page);
    length += PAGE;
  }

  /** Goes on with a copy of a page's first positions; false if there is no free page. */
  boolean copy(int page, int positions) {
    requireWholePages();
    int own = cache.lease();
    if (own == PagedCache.NONE) {
      return false;
    }
    cache.copy(page, own, positions);
    push(own);
    length += positions;
    return true;
  }

  /** The page of some positions; from 0. */
  int page(int index) {
    return pages[index];
  }

  private boolean endsInSharedPage() {
    return length % PAGE != 0 && cache.isShared(pages[pageCount - 1]);
  }

  private void ownLastPage() {
    int shared = pages[--pageCount];
    int own = cache.lease();
    cache.copy(shared, own, length % PAGE);
    push(own);
    cache.release(shared);
  }

  private void push(int page) {
    if (pageCount == pages.length) {
      pages = Arrays.copyOf(pages, Math.max(4, 2 * pageCount));
    }
    pages[pageCount++] = page;
    table = null;
  }

  private void requireWholePages() {
    if (length % PAGE != 0) {
      throw new IllegalStateException("the sequence ends inside a page");
    }
  }

  /** Releases all pages; idempotent. */
  @Override
  public void close() {
    truncate(0);
  }
}
