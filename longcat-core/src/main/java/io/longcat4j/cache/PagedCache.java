package io.longcat4j.cache;

import io.longcat4j.BackendException;
import java.util.ArrayList;
import java.util.List;

/**
 * Who holds which pages of a cache; the memory of the pages is the model's. A page has {@link
 * #PAGE_POSITIONS} positions in all attention blocks. It is leased once and may then be held by
 * several owners, who count; it is free again when the last has released it.
 *
 * <p>Copies of pages are noted and are to be made before the next pass, in the order in which they
 * were noted: {@link #takeCopies}. Until then nobody reads or writes a page.
 *
 * <p>Used by one thread at a time, the one that makes the passes. Owned and closed by whoever made
 * it.
 */
public final class PagedCache implements AutoCloseable {
  /** Slots of a page. */
  public static final int PAGE_POSITIONS = 16;

  /** Stands for no page. */
  static final int NONE = -1;

  private final long pageBytes;
  private final int[] holders;
  private final int[] free;
  private final PageLeaks leaks;
  private int freeCount;
  private final List<PageCopy> copies = new ArrayList<>();
  private long releases;
  private boolean closed;

  /**
   * Makes an empty cache. Leases are followed to their origin where the system property {@value
   * PageLeaks#PROPERTY} is {@code true}.
   *
   * @param pages how many, at least 1
   * @param pageBytes memory of a page in all blocks together
   */
  public PagedCache(int pages, long pageBytes) {
    this.pageBytes = pageBytes;
    this.holders = new int[pages];
    this.free = new int[pages];
    this.leaks = new PageLeaks(pages, Boolean.getBoolean(PageLeaks.PROPERTY));
    this.freeCount = pages;
    for (int i = 0; i < pages; i++) {
      free[i] = pages - 1 - i;
    }
  }

  /**
   * How many pages hold so many positions.
   *
   * @param positions at least 0
   * @return the number, rounded up
   */
  public static int pagesFor(int positions) {
    return (int) (((long) positions + PAGE_POSITIONS - 1) / PAGE_POSITIONS);
  }

  /**
   * An empty sequence.
   *
   * @return holds no page yet; to be closed by the caller
   */
  public SequenceCache open() {
    return new SequenceCache(this);
  }

  /**
   * A sequence that already holds the pages of some positions.
   *
   * @param positions its length
   * @return the sequence, to be closed by the caller
   * @throws BackendException if there are fewer free pages
   */
  public SequenceCache open(int positions) {
    SequenceCache sequence = open();
    if (!sequence.append(positions)) {
      throw new BackendException(
          "The cache has "
              + freeCount
              + " free pages, but "
              + positions
              + " positions need "
              + pagesFor(positions)
              + "; make it larger");
    }
    return sequence;
  }

  /**
   * How many pages there are.
   *
   * @return at least 1
   */
  public int pages() {
    return holders.length;
  }

  /**
   * How many pages nobody holds.
   *
   * @return from 0 to {@link #pages()}
   */
  public int freePages() {
    return freeCount;
  }

  /**
   * How often a page became free; tells whether waiting for pages makes sense again.
   *
   * @return never less than before
   */
  public long releases() {
    return releases;
  }

  /**
   * Bytes of the pages that somebody holds.
   *
   * @return in all blocks together
   */
  public long leasedBytes() {
    return (pages() - freeCount) * pageBytes;
  }

  /**
   * Bytes of a page.
   *
   * @return in all blocks together
   */
  public long pageBytes() {
    return pageBytes;
  }

  /**
   * The copies that the next pass begins with; they are the caller's affair from now on.
   *
   * @return in the order in which they are to be made
   */
  public List<PageCopy> takeCopies() {
    if (copies.isEmpty()) {
      return List.of();
    }
    List<PageCopy> taken = List.copyOf(copies);
    copies.clear();
    return taken;
  }

  /** Forgets the copies that were noted, where nobody relies on what the pages hold. */
  public void dropCopies() {
    copies.clear();
  }

  /** A page for the caller alone, or {@link #NONE}. */
  int lease() {
    if (freeCount == 0) {
      return NONE;
    }
    int page = free[--freeCount];
    holders[page] = 1;
    leaks.leased(page);
    return page;
  }

  /** One more holder of a page. */
  void retain(int page) {
    requireHeld(page);
    holders[page]++;
  }

  /** One holder less. */
  void release(int page) {
    requireHeld(page);
    if (--holders[page] == 0) {
      leaks.released(page);
      free[freeCount++] = page;
      releases++;
    }
  }

  boolean isShared(int page) {
    return holders[page] > 1;
  }

  /** Notes that the first positions of a page are to be copied. */
  void copy(int from, int to, int positions) {
    copies.add(new PageCopy(from, to, positions));
  }

  private void requireHeld(int page) {
    if (holders[page] == 0) {
      throw new IllegalStateException("page " + page + " is held by nobody");
    }
  }

  /**
   * Ends; idempotent.
   *
   * @throws IllegalStateException if leases are followed and a page is still held
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      leaks.requireNone();
    }
  }
}
