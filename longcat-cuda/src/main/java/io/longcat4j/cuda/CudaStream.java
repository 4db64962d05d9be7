package io.longcat4j.cuda;

import io.longcat4j.attention.Span;
import io.longcat4j.compute.DeviceFloors;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.Integers;
import io.longcat4j.compute.LatentRows;
import io.longcat4j.compute.Readout;
import io.longcat4j.compute.Repeated;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.HostRows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream of the device; the operations are queued by those that know their kind. */
final class CudaStream implements Stream {
  private final CudaContext context;
  private final CudaTransfers transfers;
  private final CudaElements elements;
  private final CudaProducts products;
  private final CudaAttention attention;
  private final CudaRouter router;
  private final CudaChoices choices;
  private final long handle;

  CudaStream(CudaContext context, Frequencies frequencies) {
    this.context = context;
    try (CudaContext.Turn turn = context.begin("openStream")) {
      this.handle = turn.made(CudaCalls.streamOpen(turn.backend()));
    }
    this.transfers = new CudaTransfers(context, handle);
    this.elements = new CudaElements(context, handle);
    this.products = new CudaProducts(context, handle);
    this.attention = new CudaAttention(context, frequencies, handle);
    this.router = new CudaRouter(context, handle);
    this.choices = new CudaChoices(context, handle);
  }

  /** The stream, if this backend opened it. */
  static CudaStream of(Stream stream, CudaContext context) {
    CudaStream known = of(stream);
    if (known.context != context) {
      throw new IllegalArgumentException("the stream was opened by another backend");
    }
    return known;
  }

  /** The stream, if some backend of this kind opened it. */
  static CudaStream of(Stream stream) {
    if (!(stream instanceof CudaStream known)) {
      throw new IllegalArgumentException("the stream was opened by another backend");
    }
    return known;
  }

  CudaContext context() {
    return context;
  }

  /** Alive as long as the backend. */
  long handle() {
    return handle;
  }

  DeviceFloors measure(long bytes, long rounds) {
    double[] figures = new double[2];
    try (CudaContext.Turn turn = context.begin("measure")) {
      turn.end(CudaCalls.measure(handle, bytes, rounds, figures, figures.length));
    }
    return new DeviceFloors(figures[0], figures[1]);
  }

  @Override
  public void write(float[] values, int offset, Tensor into) {
    transfers.write(values, offset, into);
  }

  @Override
  public void write(HostRows rows, Tensor into) {
    transfers.write(rows, into);
  }

  @Override
  public void read(Tensor from, float[] values, int offset) {
    transfers.read(from, values, offset);
  }

  @Override
  public void read(Tensor from, Readout into) {
    transfers.read(from, into);
  }

  @Override
  public void plan(List<Span> spans, RowPlan into) {
    CudaPlan plan = CudaPlan.of(into, context);
    try (CudaContext.Turn turn = context.begin("plan")) {
      plan.fill(turn, handle, spans);
    }
  }

  @Override
  public void zero(Tensor into) {
    elements.zero(into);
  }

  @Override
  public void copy(Tensor from, Tensor into) {
    elements.copy(from, into);
  }

  @Override
  public void add(Tensor from, Tensor into) {
    elements.add(from, into);
  }

  @Override
  public void join(List<Tensor> partials, Tensor into) {
    elements.join(partials, into);
  }

  @Override
  public void addEmbeddings(Weight table, int[] ids, Tensor into) {
    elements.addEmbeddings(table, ids, into);
  }

  @Override
  public void addVector(Weight vector, Tensor into) {
    elements.addVector(vector, into);
  }

  @Override
  public void scatter(Tensor from, RowPlan plan, Tensor cache) {
    elements.scatter(from, plan, cache);
  }

  @Override
  public void rmsNorm(Tensor x, Weight gain, float epsilon, float scale, Tensor into) {
    elements.rmsNorm(x, gain, epsilon, scale, into);
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
    elements.addNorm(first, second, x, gain, epsilon, scale, into);
  }

  @Override
  public void linear(Weight weight, @Nullable Weight bias, Tensor x, Tensor into) {
    products.linear(weight, bias, x, into);
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
    products.linearPair(first, firstBias, firstInto, second, secondBias, secondInto, x);
  }

  @Override
  public void normLinear(
      Tensor x, Weight gain, float epsilon, float scale, Weight weight, Tensor into) {
    products.normLinear(x, gain, epsilon, scale, weight, into);
  }

  @Override
  public void gatedLinear(Weight gate, Weight up, Tensor x, Tensor into) {
    products.gatedLinear(gate, up, x, into);
  }

  @Override
  public void rotate(Tensor x, int groups, Rotary rotary, RowPlan plan) {
    attention.rotate(x, groups, rotary, plan);
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
    attention.place(queries, heads, rows, gain, epsilon, scale, rotary, plan, cache);
  }

  @Override
  public void latentAttention(
      Tensor queries, Weight kvB, HeadLayout layout, Tensor cache, RowPlan plan, Tensor into) {
    attention.latentAttention(queries, kvB, layout, cache, plan, into);
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
    attention.placeAndAttend(
        queries, layout, rows, gain, epsilon, scale, rotary, plan, cache, kvB, into);
  }

  @Override
  public void route(
      Tensor x,
      Weight classifier,
      @Nullable Weight bias,
      @Nullable Weight correction,
      RouterRule rule,
      Routing into) {
    router.route(x, classifier, bias, correction, rule, into);
  }

  @Override
  public void addExperts(Routing routing, ExpertGroup experts, int firstId, Tensor x, Tensor into) {
    router.addExperts(routing, experts, firstId, x, into);
  }

  @Override
  public void mixExperts(
      Routing routing, ExpertGroup experts, int firstId, int firstZeroId, Tensor x, Tensor into) {
    router.mixExperts(routing, experts, firstId, firstZeroId, x, into);
  }

  @Override
  public void routeAndMix(
      Tensor x,
      Weight classifier,
      @Nullable Weight bias,
      @Nullable Weight correction,
      RouterRule rule,
      Routing routing,
      ExpertGroup experts,
      int firstId,
      int firstZeroId,
      Tensor into) {
    router.routeAndMix(
        x, classifier, bias, correction, rule, routing, experts, firstId, firstZeroId, into);
  }

  @Override
  public void addZeroExperts(Routing routing, int firstZeroId, Tensor x, Tensor into) {
    router.addZeroExperts(routing, firstZeroId, x, into);
  }

  @Override
  public void largest(Tensor numbers, Integers into) {
    choices.largest(numbers, into);
  }

  @Override
  public void countPicks(Routing routing, int layers, int tokens, int realExperts, Integers into) {
    choices.countPicks(routing, layers, tokens, realExperts, into);
  }

  @Override
  public Repeated repeated() {
    return CudaRepeated.isOff() ? Stream.super.repeated() : new CudaRepeated(context, handle);
  }

  @Override
  public void await(Stream other) {
    try (CudaContext.Turn turn = context.begin("await")) {
      turn.end(CudaCalls.await(handle, of(other, context).handle));
    }
  }

  @Override
  public void synchronise() {
    try (CudaContext.Turn turn = context.begin("synchronise")) {
      turn.end(CudaCalls.synchronise(handle));
    }
  }
}
