package io.longcat4j.cache;

import io.longcat4j.BackendException;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The latent keys and values of all sequences of a model: for every attention block one matrix
 * {@code [slots, latent + rope]}, cut into pages of {@link #PAGE_POSITIONS} slots that all blocks
 * share. A page is leased once and may then be held by several owners, who count; it is free again
 * when the last has released it. A backend that hands out untouched memory uses as much as the
 * pages that were ever leased.
 *
 * <p>Used by one thread at a time, the one that runs the model. Owned and closed by whoever made
 * it, before the backend.
 */
public final class PagedCache implements AutoCloseable {
  /** Slots of a page. */
  public static final int PAGE_POSITIONS = 16;

  /** Stands for no page. */
  static final int NONE = -1;

  private final Stream stream;
  private final List<Tensor> blocks;
  private final int[] holders;
  private final int[] free;
  private final PageLeaks leaks;
  private int freeCount;
  private long releases;
  private boolean closed;

  private PagedCache(Stream stream, List<Tensor> blocks, int pages, boolean tracked) {
    this.stream = stream;
    this.blocks = blocks;
    this.holders = new int[pages];
    this.free = new int[pages];
    this.leaks = new PageLeaks(pages, tracked);
    this.freeCount = pages;
    for (int i = 0; i < pages; i++) {
      free[i] = pages - 1 - i;
    }
  }

  /**
   * Makes an empty cache. Leases are followed to their origin where the system property {@value
   * PageLeaks#PROPERTY} is {@code true}.
   *
   * @param backend where it lives
   * @param stream in whose order rows are copied
   * @param attentionBlocks how many matrices
   * @param columns of each, latent and rope together
   * @param format how rows are kept
   * @param pages how many, at least 1
   * @return the cache, to be closed by the caller
   * @throws BackendException if the memory is not there
   */
  public static PagedCache allocate(
      ComputeBackend backend,
      Stream stream,
      int attentionBlocks,
      int columns,
      RowFormat format,
      int pages) {
    List<Tensor> blocks = new ArrayList<>();
    try {
      for (int i = 0; i < attentionBlocks; i++) {
        blocks.add(backend.allocate(Math.multiplyExact(pages, PAGE_POSITIONS), columns, format));
      }
      boolean tracked = Boolean.getBoolean(PageLeaks.PROPERTY);
      return new PagedCache(stream, List.copyOf(blocks), pages, tracked);
    } catch (RuntimeException | Error e) {
      blocks.forEach(Tensor::close);
      throw e;
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
   * The matrix of an attention block.
   *
   * @param index two for each layer, in order
   * @return {@code [slots, latent + rope]}
   */
  public Tensor block(int index) {
    return blocks.get(index);
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
    return (pages() - freeCount) * pageBytes();
  }

  /**
   * Bytes of a page.
   *
   * @return in all blocks together
   */
  public long pageBytes() {
    return PAGE_POSITIONS
        * blocks.stream().mapToLong(block -> block.format().rowBytes(block.columns())).sum();
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

  /** Copies the first slots of a page in all blocks. */
  void copy(int from, int to, int slots) {
    for (Tensor block : blocks) {
      stream.copy(block.rows(from * PAGE_POSITIONS, slots), block.rows(to * PAGE_POSITIONS, slots));
    }
  }

  private void requireHeld(int page) {
    if (holders[page] == 0) {
      throw new IllegalStateException("page " + page + " is held by nobody");
    }
  }

  /**
   * Frees the memory; idempotent.
   *
   * @throws IllegalStateException if leases are followed and a page is still held
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      blocks.forEach(Tensor::close);
      leaks.requireNone();
    }
  }
}
