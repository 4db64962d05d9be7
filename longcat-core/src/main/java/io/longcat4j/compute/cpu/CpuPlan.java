package io.longcat4j.compute.cpu;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Choice;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.PlanRules;
import io.longcat4j.compute.RowPlan;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A plan in native memory, which grows to the largest pass and stays. */
final class CpuPlan implements RowPlan {
  private final CpuContext context;
  private final int pagePositions;
  private final int pages;
  private @Nullable CpuMemory memory;
  private long capacity;
  private Choice choice = Choice.SCORES;
  private volatile int rows;

  CpuPlan(CpuContext context, int pagePositions, int pages) {
    this.context = context;
    this.pagePositions = pagePositions;
    this.pages = pages;
    context.requireOpen();
    reserve(bytes(1, 1));
  }

  /** The plan, if this backend made it. */
  static CpuPlan of(RowPlan plan, CpuContext context) {
    if (!(plan instanceof CpuPlan known) || known.context != context) {
      throw new IllegalArgumentException("the row plan was made by another backend");
    }
    return known;
  }

  /** Inside an operation only. */
  void fill(List<Span> spans) {
    Objects.requireNonNull(memory).requireAlive();
    rows = 0;
    int count = PlanRules.plan(spans, pagePositions);
    long entries = 0;
    for (int i = 0; i < spans.size(); i++) {
      entries += pagesOf(spans.get(i));
    }
    reserve(bytes(count, entries));
    long plan = address();
    CpuContext.check("plan", CpuKernels.planBegin(plan, count, entries, pagePositions, pages));
    for (int i = 0; i < spans.size(); i++) {
      put(plan, spans.get(i));
    }
    choice = PlanRules.choice(spans);
    rows = count;
  }

  private int pagesOf(Span span) {
    return span.lastPosition() / pagePositions + 1;
  }

  private void put(long plan, Span span) {
    int status =
        span.policy() instanceof AttentionPolicy.Sparse sparse
            ? putSparse(plan, span, sparse)
            : CpuKernels.planSpan(
                plan,
                span.pages().pages(),
                span.pages().size(),
                span.firstRow(),
                span.rows(),
                span.firstPosition(),
                0,
                0,
                0,
                0,
                0,
                0,
                0);
    if (status != CpuKernels.OK) {
      PlanRules.pages(span, pagePositions, pages);
    }
    CpuContext.check("plan", status);
  }

  private static int putSparse(long plan, Span span, AttentionPolicy.Sparse policy) {
    return CpuKernels.planSpan(
        plan,
        span.pages().pages(),
        span.pages().size(),
        span.firstRow(),
        span.rows(),
        span.firstPosition(),
        policy.positions(),
        policy.share(),
        policy.densePrefix(),
        policy.choice().code(),
        policy.shared() ? 1 : 0,
        policy.sinks(),
        policy.recent());
  }

  private static long bytes(int rows, long entries) {
    long bytes = CpuKernels.planBytes(rows, entries);
    CpuContext.check("plan", (int) Math.min(0, bytes));
    return bytes;
  }

  private void reserve(long bytes) {
    if (bytes > capacity) {
      CpuMemory larger = context.allocate("row plan", Math.max(2 * capacity, bytes));
      CpuMemory smaller = memory;
      memory = larger;
      capacity = Math.max(2 * capacity, bytes);
      if (smaller != null) {
        smaller.close();
      }
      // What is there holds no row yet.
      CpuContext.check("plan", CpuKernels.planBegin(larger.address(), 0, 0, pagePositions, pages));
    }
  }

  /** What its rows need an index for, or {@link Choice#SCORES}. */
  Choice choice() {
    return choice;
  }

  int pagePositions() {
    return pagePositions;
  }

  int pages() {
    return pages;
  }

  long slots() {
    return (long) pages * pagePositions;
  }

  /** Where it is; inside an operation only. */
  long address() {
    return Objects.requireNonNull(memory).address();
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public void close() {
    Objects.requireNonNull(memory).close();
  }
}
