package io.longcat4j.model;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Choice;
import io.longcat4j.compute.IndexShape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which attention blocks of a cache have an index for approximate choices beside their rows.
 *
 * @param choice that needs it, or {@link Choice#SCORES} for none
 * @param blocks that have it, rising; empty for all
 */
public record CacheIndexing(Choice choice, List<Integer> blocks) {
  private static final CacheIndexing NONE = new CacheIndexing(Choice.SCORES, List.of());

  /** Keeps a list of its own. */
  public CacheIndexing {
    blocks = List.copyOf(blocks);
  }

  /**
   * No index.
   *
   * @return what dense and exact policies need
   */
  public static CacheIndexing none() {
    return NONE;
  }

  /**
   * What a policy needs.
   *
   * @param policy of all rows that keep few positions
   * @return none for exact ones
   */
  public static CacheIndexing of(AttentionPolicy policy) {
    return policy instanceof AttentionPolicy.Sparse sparse && sparse.choice().isApproximate()
        ? new CacheIndexing(sparse.choice(), sparse.blocks())
        : NONE;
  }

  /**
   * Whether a block has an index.
   *
   * @param block two for each layer, from 0
   * @return false for all where there is none
   */
  public boolean isFor(int block) {
    return choice.isApproximate() && (blocks.isEmpty() || blocks.contains(block));
  }

  /**
   * Memory of the index.
   *
   * @param latent columns of a cached latent
   * @param rope columns of a cached key
   * @param attentionBlocks of the model
   * @param pagePositions positions of a page
   * @return bytes of a page in all blocks together
   */
  public long pageBytes(int latent, int rope, int attentionBlocks, int pagePositions) {
    if (!choice.isApproximate()) {
      return 0;
    }
    long page = shape(latent, rope, pagePositions, 1).pageBytes();
    return page * IntStream.range(0, attentionBlocks).filter(this::isFor).count();
  }

  IndexShape shape(int latent, int rope, int pagePositions, int pages) {
    return new IndexShape(choice, latent, rope, pagePositions, pages);
  }

  /** In words that {@link #parse} reads. */
  String toOrder() {
    String which =
        blocks.isEmpty()
            ? "all"
            : blocks.stream().map(String::valueOf).collect(Collectors.joining("+"));
    return choice + " for " + which;
  }

  /** From the words of another rank. */
  static CacheIndexing parse(String choice, String which) {
    List<Integer> blocks =
        which.equals("all")
            ? List.of()
            : Arrays.stream(which.split("\\+")).map(Integer::valueOf).toList();
    return new CacheIndexing(Choice.valueOf(choice), blocks);
  }
}
