package io.longcat4j.cuda;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.PlanRules;
import io.longcat4j.compute.RowPlan;
import java.util.List;

/** A plan in memory of the device, which grows to the largest pass and stays. */
final class CudaPlan implements RowPlan {
  private final CudaContext context;
  private final int pagePositions;
  private final int pages;
  private final CudaMemory memory;
  private volatile int rows;

  CudaPlan(CudaContext context, int pagePositions, int pages) {
    this.context = context;
    this.pagePositions = pagePositions;
    this.pages = pages;
    this.memory =
        context.own(
            "row plan",
            backend -> CudaCalls.planOpen(backend, pagePositions, pages),
            CudaCalls::planClose);
  }

  /** The plan, if this backend made it. */
  static CudaPlan of(RowPlan plan, CudaContext context) {
    if (!(plan instanceof CudaPlan known) || known.context != context) {
      throw new IllegalArgumentException("the row plan was made by another backend");
    }
    return known;
  }

  /** Inside an operation only. */
  void fill(CudaContext.Turn turn, long stream, List<Span> spans) {
    long plan = handle();
    rows = 0;
    turn.end(CudaCalls.planBegin(plan));
    int count = PlanRules.plan(spans, pagePositions);
    for (int i = 0; i < spans.size(); i++) {
      put(turn, plan, spans.get(i));
    }
    turn.end(CudaCalls.planSend(stream, plan));
    rows = count;
  }

  private void put(CudaContext.Turn turn, long plan, Span span) {
    int topK = topK(span.policy());
    int status =
        CudaCalls.planSpan(
            plan,
            span.pages().pages(),
            span.pages().size(),
            span.firstRow(),
            span.rows(),
            span.firstPosition(),
            topK);
    if (status != CudaCalls.OK) {
      PlanRules.pages(span, pagePositions, pages);
    }
    turn.end(status);
  }

  private static int topK(AttentionPolicy policy) {
    if (!(policy instanceof AttentionPolicy.Sparse sparse)) {
      return 0;
    }
    if (!policy.isPlainTopK()) {
      throw new IllegalArgumentException(
          "plan: kernels keep all positions or the best, not " + policy);
    }
    return sparse.positions();
  }

  /** What operations depend on beside its numbers. */
  Shape shape() {
    long[] shape = new long[5];
    try (CudaContext.Turn turn = context.begin("plan")) {
      turn.end(CudaCalls.planShape(handle(), shape, shape.length));
    }
    return new Shape(shape[0], shape[1], shape[2], shape[3], shape[4]);
  }

  /** Two plans of equal shape are the same to operations, until they run. */
  record Shape(long rows, long longest, long longestSparse, long rowMemory, long pageMemory) {}

  long slots() {
    return (long) pages * pagePositions;
  }

  /** Inside an operation only. */
  long handle() {
    return memory.address();
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public void close() {
    memory.close();
  }
}
