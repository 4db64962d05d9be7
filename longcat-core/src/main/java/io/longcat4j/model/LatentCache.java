package io.longcat4j.model;

import io.longcat4j.BackendException;
import io.longcat4j.cache.PageCopy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.IndexShape;
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
  private final List<CacheBlock> blocks;
  private final CacheIndexing indexing;
  private final int pages;

  private LatentCache(List<CacheBlock> blocks, CacheIndexing indexing, int pages) {
    this.blocks = blocks;
    this.indexing = indexing;
    this.pages = pages;
  }

  /**
   * Makes a cache of zeros.
   *
   * @throws BackendException if the memory is not there
   */
  static LatentCache allocate(
      ComputeBackend backend,
      ModelConfig config,
      boolean drafts,
      RowFormat format,
      CacheIndexing indexing,
      int positions) {
    int latent = config.kvLoraRank();
    int rope = config.qkRopeHeadDim();
    int pages = PagedCache.pagesFor(positions);
    int slots = Math.multiplyExact(pages, PagedCache.PAGE_POSITIONS);
    List<CacheBlock> blocks = new ArrayList<>();
    try {
      for (int i = 0; i < LanguageModel.cacheBlocks(config, drafts); i++) {
        CacheBlock block = new CacheBlock(i, backend.allocate(slots, latent + rope, format), null);
        blocks.add(block);
        if (indexing.isFor(i)) {
          IndexShape shape = indexing.shape(latent, rope, PagedCache.PAGE_POSITIONS, pages);
          blocks.set(i, new CacheBlock(i, block.rows(), backend.allocateIndex(shape)));
        }
      }
      return new LatentCache(List.copyOf(blocks), indexing, pages);
    } catch (RuntimeException | Error e) {
      blocks.forEach(CacheBlock::close);
      throw e;
    }
  }

  /**
   * What there is of an attention block.
   *
   * @param index two for each layer, in order, then that of multi-token prediction
   * @return owned by this
   */
  public CacheBlock block(int index) {
    return blocks.get(index);
  }

  /**
   * Which blocks have an index.
   *
   * @return as allocated
   */
  public CacheIndexing indexing() {
    return indexing;
  }

  /**
   * How its rows are kept.
   *
   * @return the same for all blocks
   */
  public RowFormat format() {
    return blocks.get(0).rows().format();
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
    long bytes = 0;
    for (CacheBlock block : blocks) {
      Tensor rows = block.rows();
      bytes += PagedCache.PAGE_POSITIONS * rows.format().rowBytes(rows.columns());
      bytes += block.index() == null ? 0 : block.index().shape().pageBytes();
    }
    return bytes;
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
    for (CacheBlock block : blocks) {
      Tensor rows = block.rows();
      stream.copy(rows.rows(from, copy.positions()), rows.rows(to, copy.positions()));
      if (block.index() != null) {
        stream.copyIndex(block.index(), copy.from(), copy.to());
      }
    }
  }

  /** Frees the memory; idempotent. */
  @Override
  public void close() {
    blocks.forEach(CacheBlock::close);
  }
}
