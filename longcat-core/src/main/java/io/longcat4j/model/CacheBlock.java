package io.longcat4j.model;

import io.longcat4j.compute.KeyIndex;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a cache has of an attention block.
 *
 * @param number two for each layer, in order, then that of multi-token prediction
 * @param rows {@code [slots, latent + rope]}
 * @param index of the rows, or null where no choice needs it
 */
public record CacheBlock(int number, Tensor rows, @Nullable KeyIndex index)
    implements AutoCloseable {

  /** Has the index follow the rows that have been written. */
  void follow(Stream stream, RowPlan plan) {
    if (index != null) {
      stream.index(rows, plan, index);
    }
  }

  @Override
  public void close() {
    rows.close();
    if (index != null) {
      index.close();
    }
  }
}
