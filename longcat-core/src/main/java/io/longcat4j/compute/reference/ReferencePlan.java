package io.longcat4j.compute.reference;

import io.longcat4j.attention.Choice;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.PlanRules;
import io.longcat4j.compute.RowPlan;
import java.util.ArrayList;
import java.util.List;

/** The spans themselves. */
final class ReferencePlan implements RowPlan {
  private final int pagePositions;
  private final int pages;
  private final Lifetime lifetime;
  private final Lifetime backend;
  private final List<Span> spans = new ArrayList<>();
  private int rows;

  ReferencePlan(int pagePositions, int pages, Lifetime backend) {
    this.pagePositions = pagePositions;
    this.pages = pages;
    this.lifetime = new Lifetime("row plan", backend);
    this.backend = backend;
  }

  /** The plan, if this backend made it and it is alive. */
  static ReferencePlan of(RowPlan plan, Lifetime backend) {
    if (!(plan instanceof ReferencePlan known) || known.backend != backend) {
      throw new IllegalArgumentException("the row plan was made by another backend");
    }
    known.lifetime.requireAlive();
    return known;
  }

  void fill(List<Span> wanted) {
    int count = PlanRules.plan(wanted, pagePositions);
    wanted.forEach(span -> PlanRules.pages(span, pagePositions, pages));
    spans.clear();
    spans.addAll(wanted);
    rows = count;
  }

  List<Span> spans() {
    return spans;
  }

  /** What its rows need an index for, or {@link Choice#SCORES}. */
  Choice choice() {
    return PlanRules.choice(spans);
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

  int slot(PageTable table, int position) {
    return table.page(position / pagePositions) * pagePositions + position % pagePositions;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public void close() {
    lifetime.end();
  }
}
