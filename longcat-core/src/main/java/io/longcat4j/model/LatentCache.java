package io.longcat4j.model;

import io.longcat4j.BackendException;
import io.longcat4j.cache.PageCopy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The latent keys and values of all sequences: for every attention block one matrix {@code [slots,
 * latent + rope]}, cut into pages of {@link PagedCache#PAGE_POSITIONS} slots. Who holds which page
 * is not its affair. A backend that hands out untouched memory uses as much as the pages that were
 * ever written.
 *
 * <p>Used in the order of the model's stream; owned and closed by whoever made it, before the
 * backend.
 */
public final class LatentCache implements AutoCloseable {
  private final List<Tensor> blocks;
  private final int pages;

  private LatentCache(List<Tensor> blocks, int pages) {
    this.blocks = blocks;
    this.pages = pages;
  }

  /**
   * Makes a cache of zeros.
   *
   * @throws BackendException if the memory is not there
   */
  static LatentCache allocate(
      ComputeBackend backend, int attentionBlocks, int columns, RowFormat format, int pages) {
    List<Tensor> blocks = new ArrayList<>();
    try {
      for (int i = 0; i < attentionBlocks; i++) {
        int slots = Math.multiplyExact(pages, PagedCache.PAGE_POSITIONS);
        blocks.add(backend.allocate(slots, columns, format));
      }
      return new LatentCache(List.copyOf(blocks), pages);
    } catch (RuntimeException | Error e) {
      blocks.forEach(Tensor::close);
      throw e;
    }
  }

  /**
   * The matrix of an attention block.
   *
   * @param index two for each layer, in order, then that of multi-token prediction
   * @return {@code [slots, latent + rope]}
   */
  public Tensor block(int index) {
    return blocks.get(index);
  }

  /**
   * How its rows are kept.
   *
   * @return the same for all blocks
   */
  public RowFormat format() {
    return blocks.get(0).format();
  }

  /**
   * How many pages there are.
   *
   * @return at least 1
   */
  public int pages() {
    return pages;
  }

  /**
   * Bytes of a page.
   *
   * @return in all blocks together
   */
  public long pageBytes() {
    return PagedCache.PAGE_POSITIONS
        * blocks.stream().mapToLong(block -> block.format().rowBytes(block.columns())).sum();
  }

  /**
   * Accounts of these pages, all of them free.
   *
   * @return to be closed by the caller
   */
  public PagedCache openAccounts() {
    return new PagedCache(pages, pageBytes());
  }

  /** Copies the first slots of a page in all blocks. */
  void copy(Stream stream, PageCopy copy) {
    int from = copy.from() * PagedCache.PAGE_POSITIONS;
    int to = copy.to() * PagedCache.PAGE_POSITIONS;
    for (Tensor block : blocks) {
      stream.copy(block.rows(from, copy.positions()), block.rows(to, copy.positions()));
    }
  }

  /** Frees the memory; idempotent. */
  @Override
  public void close() {
    blocks.forEach(Tensor::close);
  }
}
