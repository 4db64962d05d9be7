package io.longcat4j.cache;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The latent keys and values of one sequence: for every attention block one matrix {@code
 * [positions, latent + rope]}. Not thread-safe; owned and closed by the sequence's owner.
 */
public final class LatentCache implements AutoCloseable {
  private final List<Tensor> blocks;
  private final int[] slots;

  private LatentCache(List<Tensor> blocks, int positions) {
    this.blocks = blocks;
    this.slots = IntStream.range(0, positions).toArray();
  }

  /**
   * Makes an empty cache.
   *
   * @param backend where it lives
   * @param attentionBlocks how many matrices
   * @param columns of each, latent and rope together
   * @param positions upper bound of the sequence's length
   * @return the cache, to be closed by the caller
   * @throws io.longcat4j.BackendException if the memory is not there
   */
  public static LatentCache allocate(
      ComputeBackend backend, int attentionBlocks, int columns, int positions) {
    List<Tensor> blocks = new ArrayList<>();
    try {
      for (int i = 0; i < attentionBlocks; i++) {
        blocks.add(backend.allocate(positions, columns));
      }
      return new LatentCache(List.copyOf(blocks), positions);
    } catch (RuntimeException | Error e) {
      blocks.forEach(Tensor::close);
      throw e;
    }
  }

  /**
   * The matrix of an attention block.
   *
   * @param index two for each layer, in order
   * @return {@code [positions, latent + rope]}
   */
  public Tensor block(int index) {
    return blocks.get(index);
  }

  /**
   * How many positions fit.
   *
   * @return at least 1
   */
  public int positions() {
    return slots.length;
  }

  /**
   * The row of every position.
   *
   * @return not to be changed
   */
  public int[] slots() {
    return slots;
  }

  /** Frees the memory; idempotent. */
  @Override
  public void close() {
    blocks.forEach(Tensor::close);
  }
}
