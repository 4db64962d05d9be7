package io.longcat4j.compute;

import io.longcat4j.attention.Span;
import io.longcat4j.tensor.HostRows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a device whose experts are computed on the host. They are begun when they are queued,
 * and their sum is awaited by whatever comes next in this stream or awaits it: so what another
 * stream is given meanwhile runs beside them.
 */
final class HostExpertsStream implements Stream {
  private final Stream device;
  private final HostExperts experts;

  HostExpertsStream(Stream device, ComputeBackend host) {
    this.device = device;
    this.experts = new HostExperts(device, host);
  }

  /** The device's own stream, with all that was queued here. */
  static Stream deviceOf(Stream stream) {
    return stream instanceof HostExpertsStream both ? both.settled() : stream;
  }

  private Stream settled() {
    experts.finish();
    return device;
  }

  @Override
  public void write(float[] values, int offset, Tensor into) {
    settled().write(values, offset, into);
  }

  @Override
  public void read(Tensor from, float[] values, int offset) {
    settled().read(from, values, offset);
  }

  @Override
  public void write(HostRows rows, Tensor into) {
    settled().write(rows, into);
  }

  @Override
  public void read(Tensor from, Readout into) {
    settled().read(from, into);
  }

  @Override
  public void plan(List<Span> spans, RowPlan into) {
    settled().plan(spans, into);
  }

  @Override
  public void zero(Tensor into) {
    settled().zero(into);
  }

  @Override
  public void copy(Tensor from, Tensor into) {
    settled().copy(from, into);
  }

  @Override
  public void add(Tensor from, Tensor into) {
    settled().add(from, into);
  }

  @Override
  public void join(List<Tensor> partials, Tensor into) {
    settled().join(partials, into);
  }

  @Override
  public void addEmbeddings(Weight table, int[] ids, Tensor into) {
    settled().addEmbeddings(table, ids, into);
  }

  @Override
  public void addVector(Weight vector, Tensor into) {
    settled().addVector(vector, into);
  }

  @Override
  public void addNorm(
      Tensor first,
      @Nullable Tensor second,
      Tensor x,
      Weight gain,
      float epsilon,
      float scale,
      Tensor into) {
    settled().addNorm(first, second, x, gain, epsilon, scale, into);
  }

  @Override
  public void place(
      Tensor queries,
      int heads,
      LatentRows rows,
      Weight gain,
      float epsilon,
      float scale,
      Rotary rotary,
      RowPlan plan,
      Tensor cache) {
    settled().place(queries, heads, rows, gain, epsilon, scale, rotary, plan, cache);
  }

  @Override
  public void linearPair(
      Weight first,
      @Nullable Weight firstBias,
      Tensor firstInto,
      Weight second,
      @Nullable Weight secondBias,
      Tensor secondInto,
      Tensor x) {
    settled().linearPair(first, firstBias, firstInto, second, secondBias, secondInto, x);
  }

  @Override
  public void normLinear(
      Tensor x, Weight gain, float epsilon, float scale, Weight weight, Tensor into) {
    settled().normLinear(x, gain, epsilon, scale, weight, into);
  }

  @Override
  public void placeAndAttend(
      Tensor queries,
      HeadLayout layout,
      LatentRows rows,
      Weight gain,
      float epsilon,
      float scale,
      Rotary rotary,
      RowPlan plan,
      Tensor cache,
      Weight kvB,
      Tensor into) {
    settled()
        .placeAndAttend(
            queries, layout, rows, gain, epsilon, scale, rotary, plan, cache, kvB, into);
  }

  @Override
  public void largest(Tensor numbers, Integers into) {
    settled().largest(numbers, into);
  }

  @Override
  public void countPicks(Routing routing, int layers, int tokens, int realExperts, Integers into) {
    settled().countPicks(routing, layers, tokens, realExperts, into);
  }

  @Override
  public void scatter(Tensor from, RowPlan plan, Tensor cache) {
    settled().scatter(from, plan, cache);
  }

  @Override
  public void rmsNorm(Tensor x, Weight gain, float epsilon, float scale, Tensor into) {
    settled().rmsNorm(x, gain, epsilon, scale, into);
  }

  @Override
  public void linear(Weight weight, @Nullable Weight bias, Tensor x, Tensor into) {
    settled().linear(weight, bias, x, into);
  }

  @Override
  public void gatedLinear(Weight gate, Weight up, Tensor x, Tensor into) {
    settled().gatedLinear(gate, up, x, into);
  }

  @Override
  public void rotate(Tensor x, int groups, Rotary rotary, RowPlan plan) {
    settled().rotate(x, groups, rotary, plan);
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
    settled().latentAttention(queries, kvB, layout, cache, index, plan, into);
  }

  @Override
  public void index(Tensor cache, RowPlan plan, KeyIndex into) {
    settled().index(cache, plan, into);
  }

  @Override
  public void copyIndex(KeyIndex index, int from, int to) {
    settled().copyIndex(index, from, to);
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
    settled().measureAttention(queries, kvB, layout, cache, index, plan, into);
  }

  @Override
  public void latentAttention(
      Tensor queries, Weight kvB, HeadLayout layout, Tensor cache, RowPlan plan, Tensor into) {
    settled().latentAttention(queries, kvB, layout, cache, plan, into);
  }

  @Override
  public void route(
      Tensor x,
      Weight classifier,
      @Nullable Weight bias,
      @Nullable Weight correction,
      RouterRule rule,
      Routing into) {
    settled().route(x, classifier, bias, correction, rule, into);
  }

  @Override
  public void addExperts(Routing routing, ExpertGroup group, int firstId, Tensor x, Tensor into) {
    experts.begin(routing, group, firstId, x, into);
  }

  @Override
  public void addZeroExperts(Routing routing, int firstZeroId, Tensor x, Tensor into) {
    settled().addZeroExperts(routing, firstZeroId, x, into);
  }

  @Override
  public void await(Stream other) {
    settled().await(deviceOf(other));
  }

  @Override
  public void synchronise() {
    settled().synchronise();
  }
}
