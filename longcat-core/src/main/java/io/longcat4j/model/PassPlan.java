package io.longcat4j.model;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a pass as attention blocks see them: as their policies say, or in full where a policy
 * is for other blocks. All rows of a pass that keep few positions do so in the same blocks. Owns
 * its plans.
 */
final class PassPlan implements AutoCloseable {
  private final RowPlan sparse;
  private final RowPlan dense;
  private AttentionPolicy policy = AttentionPolicy.dense();
  private @Nullable AttentionMeter meter;

  PassPlan(ComputeBackend backend, int pagePositions, int pages) {
    this.sparse = backend.allocatePlan(pagePositions, pages);
    this.dense = backend.allocatePlan(pagePositions, pages);
  }

  /** Takes the place of what it held. */
  void fill(Stream stream, List<Span> spans) {
    stream.plan(spans, sparse);
    policy = policyOf(spans);
    if (isForSome(policy)) {
      List<Span> whole = new ArrayList<>();
      for (Span span : spans) {
        whole.add(
            new Span(
                span.firstRow(),
                span.rows(),
                span.firstPosition(),
                span.pages(),
                AttentionPolicy.dense()));
      }
      stream.plan(whole, dense);
    }
  }

  /** The policy of the rows that keep few positions, or the dense one. */
  static AttentionPolicy policyOf(List<Span> spans) {
    for (int i = 0; i < spans.size(); i++) {
      if (spans.get(i).policy() instanceof AttentionPolicy.Sparse sparse) {
        return sparse;
      }
    }
    return AttentionPolicy.dense();
  }

  private static boolean isForSome(AttentionPolicy policy) {
    return policy instanceof AttentionPolicy.Sparse sparse && !sparse.blocks().isEmpty();
  }

  /** Has blocks that keep few positions measured, or none of them. */
  void measure(@Nullable AttentionMeter by) {
    meter = by;
  }

  /** What measures a block in this pass, or null. */
  @Nullable AttentionMeter meter(int block) {
    return policy.isFor(block) ? meter : null;
  }

  /** What an attention block sees. */
  RowPlan of(int block) {
    return !isForSome(policy) || policy.isFor(block) ? sparse : dense;
  }

  /** What all other operations take: positions and pages are the same in all blocks. */
  RowPlan any() {
    return sparse;
  }

  int rows() {
    return sparse.rows();
  }

  @Override
  public void close() {
    sparse.close();
    dense.close();
  }
}
