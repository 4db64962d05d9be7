package io.longcat4j.compute.reference;

import io.longcat4j.attention.Span;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.ExpertRules;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.KeyIndex;
import io.longcat4j.compute.PlanRules;
import io.longcat4j.compute.Readout;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.HostRows;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every operation is done when it returns. */
final class ReferenceStream implements Stream {
  private final Lifetime backend;

  ReferenceStream(Lifetime backend) {
    this.backend = backend;
  }

  @Override
  public void write(float[] values, int offset, Tensor into) {
    ReferenceTensor target = tensor(into);
    ShapeRules.host("write", values, offset, into);
    each(target, (row, column) -> target.set(row, column, at(values, offset, target, row, column)));
  }

  private static float at(float[] values, int offset, Tensor tensor, int row, int column) {
    return values[offset + row * tensor.columns() + column];
  }

  @Override
  public void read(Tensor from, float[] values, int offset) {
    ReferenceTensor source = tensor(from);
    ShapeRules.host("read", values, offset, from);
    each(
        source,
        (row, column) ->
            values[offset + row * source.columns() + column] = source.get(row, column));
  }

  @Override
  public void write(HostRows rows, Tensor into) {
    ReferenceTensor target = tensor(into);
    ShapeRules.write(rows, into);
    float[] values = new float[into.columns()];
    for (int row = 0; row < into.rows(); row++) {
      rows.copyTo(row, values);
      for (int column = 0; column < values.length; column++) {
        target.set(row, column, values[column]);
      }
    }
  }

  @Override
  public void read(Tensor from, Readout into) {
    ReferenceReadout.of(into, backend).fill(tensor(from));
  }

  @Override
  public void plan(List<Span> spans, RowPlan into) {
    ReferencePlan.of(into, backend).fill(spans);
  }

  @Override
  public void zero(Tensor into) {
    ReferenceTensor target = tensor(into);
    each(target, (row, column) -> target.set(row, column, 0));
  }

  @Override
  public void copy(Tensor from, Tensor into) {
    ReferenceTensor source = kept(from);
    ReferenceTensor target = kept(into);
    ShapeRules.copy(from, into);
    each(target, (row, column) -> target.set(row, column, source.get(row, column)));
  }

  @Override
  public void add(Tensor from, Tensor into) {
    ReferenceTensor source = tensor(from);
    ReferenceTensor target = tensor(into);
    ShapeRules.same("add", from, into);
    each(target, (row, column) -> target.add(row, column, source.get(row, column)));
  }

  @Override
  public void join(List<Tensor> partials, Tensor into) {
    ReferenceTensor target = tensor(into);
    List<ReferenceTensor> sources = partials.stream().map(this::tensor).toList();
    ShapeRules.join(partials, into);
    each(target, (row, column) -> target.set(row, column, sum(sources, row, column)));
  }

  private static float sum(List<ReferenceTensor> partials, int row, int column) {
    int count = partials.size();
    if (count == 1) {
      return partials.get(0).get(row, column);
    }
    int half = Integer.highestOneBit(count - 1);
    return sum(partials.subList(0, half), row, column)
        + sum(partials.subList(half, count), row, column);
  }

  @Override
  public void addEmbeddings(Weight table, int[] ids, Tensor into) {
    ReferenceTensor target = tensor(into);
    ReferenceWeight entries = ReferenceWeight.of(table, backend);
    ShapeRules.addEmbeddings(table, ids, into);
    for (int row = 0; row < ids.length; row++) {
      if (ids[row] >= 0) {
        float[] entry = entries.row(ids[row]);
        for (int column = 0; column < entry.length; column++) {
          target.add(row, column, entry[column]);
        }
      }
    }
  }

  @Override
  public void scatter(Tensor from, RowPlan plan, Tensor cache) {
    ReferenceTensor source = tensor(from);
    ReferenceTensor target = kept(cache);
    ReferencePlan rows = ReferencePlan.of(plan, backend);
    PlanRules.scatter(from, rows.rows(), rows.slots(), cache);
    for (Span span : rows.spans()) {
      for (int i = 0; i < span.rows(); i++) {
        float[] values = new float[source.columns()];
        for (int column = 0; column < values.length; column++) {
          values[column] = source.get(span.firstRow() + i, column);
        }
        target.keep(rows.slot(span.pages(), span.firstPosition() + i), values);
      }
    }
  }

  @Override
  public void rmsNorm(Tensor x, Weight gain, float epsilon, float scale, Tensor into) {
    ReferenceTensor source = tensor(x);
    ReferenceTensor target = tensor(into);
    float[] factors = ReferenceWeight.of(gain, backend).row(0);
    ShapeRules.rmsNorm(x, gain, into);
    for (int row = 0; row < source.rows(); row++) {
      double squares = 0;
      for (int column = 0; column < factors.length; column++) {
        squares += (double) source.get(row, column) * source.get(row, column);
      }
      double factor = scale / Math.sqrt(squares / factors.length + epsilon);
      for (int column = 0; column < factors.length; column++) {
        target.set(row, column, (float) (source.get(row, column) * factor * factors[column]));
      }
    }
  }

  @Override
  public void linear(Weight weight, @Nullable Weight bias, Tensor x, Tensor into) {
    ReferenceTensor source = tensor(x);
    ReferenceTensor target = tensor(into);
    ShapeRules.linear(weight, bias, x, into);
    Products.linear(
        ReferenceWeight.of(weight, backend),
        ReferenceWeight.ofNullable(bias, backend),
        source,
        target);
  }

  @Override
  public void gatedLinear(Weight gate, Weight up, Tensor x, Tensor into) {
    ReferenceTensor source = tensor(x);
    ReferenceTensor target = tensor(into);
    ShapeRules.gatedLinear(gate, up, x, into);
    Products.gatedLinear(
        ReferenceWeight.of(gate, backend), ReferenceWeight.of(up, backend), source, target);
  }

  @Override
  public void rotate(Tensor x, int groups, Rotary rotary, RowPlan plan) {
    ReferenceTensor target = tensor(x);
    ReferencePlan rows = ReferencePlan.of(plan, backend);
    PlanRules.rotate(x, groups, rotary, rows.rows());
    int width = x.columns() / groups;
    for (Span span : rows.spans()) {
      for (int i = 0; i < span.rows(); i++) {
        for (int group = 0; group < groups; group++) {
          int first = (group + 1) * width - rotary.columns();
          rotate(target, span.firstRow() + i, first, rotary, span.firstPosition() + i);
        }
      }
    }
  }

  private static void rotate(
      ReferenceTensor target, int row, int first, Rotary rotary, int position) {
    int pairs = rotary.inverseFrequencies().length;
    float[] turned = new float[2 * pairs];
    for (int i = 0; i < pairs; i++) {
      double angle = position * rotary.inverseFrequencies()[i];
      double cosine = Math.cos(angle) * rotary.magnitude();
      double sine = Math.sin(angle) * rotary.magnitude();
      double even = target.get(row, first + 2 * i);
      double odd = target.get(row, first + 2 * i + 1);
      turned[i] = (float) (even * cosine - odd * sine);
      turned[pairs + i] = (float) (odd * cosine + even * sine);
    }
    for (int i = 0; i < turned.length; i++) {
      target.set(row, first + i, turned[i]);
    }
  }

  @Override
  public void latentAttention(
      Tensor queries, Weight kvB, HeadLayout layout, Tensor cache, RowPlan plan, Tensor into) {
    latentAttention(queries, kvB, layout, cache, null, plan, into);
  }

  @Override
  public void latentAttention(
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      Tensor cache,
      @Nullable KeyIndex index,
      RowPlan plan,
      Tensor into) {
    ReferencePlan rows = ReferencePlan.of(plan, backend);
    PlanRules.latentAttention(queries, kvB, layout, cache, rows.rows(), rows.slots(), into);
    attention(queries, kvB, layout, cache, index, rows, into).attend();
  }

  @Override
  public void measureAttention(
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      Tensor cache,
      @Nullable KeyIndex index,
      RowPlan plan,
      Tensor into) {
    ReferencePlan rows = ReferencePlan.of(plan, backend);
    PlanRules.measureAttention(queries, kvB, layout, cache, rows.rows(), rows.slots(), into);
    attention(queries, kvB, layout, cache, index, rows, into).measure();
  }

  private LatentAttention attention(
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      Tensor cache,
      @Nullable KeyIndex index,
      ReferencePlan rows,
      Tensor into) {
    ReferenceTensor source = tensor(queries);
    ReferenceTensor latents = kept(cache);
    ReferenceTensor target = tensor(into);
    PlanRules.indexed(rows.choice(), index, layout, rows.pagePositions(), rows.pages());
    return new LatentAttention(
        layout,
        ReferenceWeight.of(kvB, backend),
        source,
        latents,
        ReferenceIndex.of(index, backend),
        rows,
        target);
  }

  @Override
  public void index(Tensor cache, RowPlan plan, KeyIndex into) {
    ReferencePlan rows = ReferencePlan.of(plan, backend);
    PlanRules.index(cache, rows.pagePositions(), rows.pages(), into);
    ReferenceIndex target = Objects.requireNonNull(ReferenceIndex.of(into, backend));
    target.write(kept(cache), rows);
  }

  @Override
  public void copyIndex(KeyIndex index, int from, int to) {
    PlanRules.copyIndex(index, from, to);
    Objects.requireNonNull(ReferenceIndex.of(index, backend)).copy(from, to);
  }

  @Override
  public void route(
      Tensor x,
      Weight classifier,
      @Nullable Weight bias,
      @Nullable Weight correction,
      RouterRule rule,
      Routing into) {
    ReferenceTensor source = tensor(x);
    ReferenceRouting picks = ReferenceRouting.of(into, backend);
    ExpertRules.route(x, classifier, bias, correction, rule, picks.topK(), picks.capacity());
    new Router(
            ReferenceWeight.of(classifier, backend),
            ReferenceWeight.ofNullable(bias, backend),
            ReferenceWeight.ofNullable(correction, backend),
            rule)
        .route(source, picks);
  }

  @Override
  public void addExperts(Routing routing, ExpertGroup experts, int firstId, Tensor x, Tensor into) {
    ReferenceTensor source = tensor(x);
    ReferenceTensor target = tensor(into);
    ReferenceRouting picks = ReferenceRouting.of(routing, backend);
    ExpertRules.routed("addExperts", picks.rows(), x, into);
    new ExpertMixture(experts, backend).add(picks, firstId, source, target);
  }

  @Override
  public void addZeroExperts(Routing routing, int firstZeroId, Tensor x, Tensor into) {
    ReferenceTensor source = tensor(x);
    ReferenceTensor target = tensor(into);
    ReferenceRouting picks = ReferenceRouting.of(routing, backend);
    ExpertRules.routed("addZeroExperts", picks.rows(), x, into);
    for (int row = 0; row < x.rows(); row++) {
      double weight = 0;
      for (int pick = 0; pick < picks.topK(); pick++) {
        weight += picks.id(row, pick) >= firstZeroId ? picks.weight(row, pick) : 0;
      }
      for (int column = 0; column < x.columns(); column++) {
        target.add(row, column, (float) (weight * source.get(row, column)));
      }
    }
  }

  @Override
  public void await(Stream other) {
    backend.requireAlive();
    if (!(other instanceof ReferenceStream known) || known.backend != backend) {
      throw new IllegalArgumentException("the stream was opened by another backend");
    }
  }

  @Override
  public void synchronise() {
    backend.requireAlive();
  }

  private ReferenceTensor tensor(Tensor tensor) {
    ShapeRules.wholeNumbers(tensor);
    return kept(tensor);
  }

  /** A tensor whose rows may be kept in fewer bits. */
  private ReferenceTensor kept(Tensor tensor) {
    return ReferenceTensor.of(tensor, backend);
  }

  private interface Visit {
    void at(int row, int column);
  }

  private static void each(Tensor tensor, Visit visit) {
    for (int row = 0; row < tensor.rows(); row++) {
      for (int column = 0; column < tensor.columns(); column++) {
        visit.at(row, column);
      }
    }
  }
}
