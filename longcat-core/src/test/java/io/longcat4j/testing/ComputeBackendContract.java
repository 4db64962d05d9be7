package io.longcat4j.testing;

import io.longcat4j.compute.ComputeBackend;

/** What every backend does; a backend's test extends this. */
public abstract class ComputeBackendContract
    implements ElementContract,
        LinearContract,
        AttentionContract,
        SparseAttentionContract,
        ExpertContract,
        SliceContract,
        ExpertSliceContract,
        FusedContract,
        LifetimeContract,
        RepetitionContract {

  /** Opens the backend under test. */
  protected abstract ComputeBackend open(int threads);

  @Override
  public final ComputeBench bench(int threads) {
    return new ComputeBench(open(threads));
  }
}
