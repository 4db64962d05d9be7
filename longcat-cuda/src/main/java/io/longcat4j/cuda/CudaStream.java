package io.longcat4j.cuda;

import io.longcat4j.attention.Span;
import io.longcat4j.compute.DeviceFloors;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.ExpertRules;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.Integers;
import io.longcat4j.compute.LatentRows;
import io.longcat4j.compute.PlanRules;
import io.longcat4j.compute.Readout;
import io.longcat4j.compute.Repeated;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.HostRows;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One native call for an operation, which is queued on a stream of the device. */
final class CudaStream implements Stream {
  private static final int BYTES_AT_ONCE = 1 << 20;

  private final CudaContext context;
  private final Frequencies frequencies;
  private final long handle;

  CudaStream(CudaContext context, Frequencies frequencies) {
    this.context = context;
    this.frequencies = frequencies;
    try (CudaContext.Turn turn = context.begin("openStream")) {
      this.handle = turn.made(CudaCalls.streamOpen(turn.backend()));
    }
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
    ShapeRules.host("write", values, offset, into);
    int columns = into.columns();
    int most = Math.max(1, BYTES_AT_ONCE / Float.BYTES / columns);
    try (CudaContext.Turn turn = context.begin("write")) {
      for (int row = 0; row < into.rows(); row += most) {
        int count = Math.min(most, into.rows() - row);
        int numbers = count * columns;
        ByteBuffer host = turn.host().of(Float.BYTES * numbers);
        host.asFloatBuffer().put(values, offset + row * columns, numbers);
        turn.end(write(turn, host, into, row, count));
      }
    }
  }

  @Override
  public void write(HostRows rows, Tensor into) {
    ShapeRules.write(rows, into);
    try (CudaContext.Turn turn = context.begin("write")) {
      turn.end(write(turn, rows.memory(), into, 0, into.rows()));
    }
  }

  private int write(CudaContext.Turn turn, ByteBuffer values, Tensor into, int row, int count) {
    return CudaCalls.write(
        handle,
        values,
        (long) Float.BYTES * count * into.columns(),
        turn.at(into) + row * turn.rowBytes(into),
        count,
        into.columns(),
        turn.stride(into));
  }

  @Override
  public void read(Tensor from, float[] values, int offset) {
    ShapeRules.host("read", values, offset, from);
    int columns = from.columns();
    int most = Math.max(1, BYTES_AT_ONCE / Float.BYTES / columns);
    try (CudaContext.Turn turn = context.begin("read")) {
      for (int row = 0; row < from.rows(); row += most) {
        int count = Math.min(most, from.rows() - row);
        int bytes = Float.BYTES * count * columns;
        ByteBuffer host = turn.host().of(bytes);
        turn.end(
            CudaCalls.read(
                handle,
                host,
                bytes,
                turn.at(from) + row * turn.rowBytes(from),
                count,
                columns,
                turn.stride(from)));
        host.asFloatBuffer().get(values, offset + row * columns, count * columns);
      }
      turn.stride(from);
      turn.at(from);
    }
  }

  @Override
  public void read(Tensor from, Readout into) {
    try (CudaContext.Turn turn = context.begin("read")) {
      turn.at(from);
      CudaReadout.of(into, context).fill(turn, handle, CudaTensor.of(from, context));
    }
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
    try (CudaContext.Turn turn = context.begin("zero")) {
      turn.end(
          CudaCalls.zero(handle, turn.at(into), into.rows(), into.columns(), turn.stride(into)));
    }
  }

  @Override
  public void copy(Tensor from, Tensor into) {
    ShapeRules.copy(from, into);
    try (CudaContext.Turn turn = context.begin("copy")) {
      turn.end(
          CudaCalls.copy(
              handle,
              turn.at(from),
              turn.rowBytes(from),
              turn.at(into),
              turn.rowBytes(into),
              into.rows(),
              into.columns(),
              Formats.code(into.format())));
    }
  }

  @Override
  public void add(Tensor from, Tensor into) {
    ShapeRules.same("add", from, into);
    try (CudaContext.Turn turn = context.begin("add")) {
      turn.end(
          CudaCalls.add(
              handle,
              turn.at(from),
              turn.stride(from),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  @Override
  public void join(List<Tensor> partials, Tensor into) {
    ShapeRules.join(partials, into);
    try (CudaContext.Turn turn = context.begin("join")) {
      long[] views = new long[2 * partials.size()];
      for (int i = 0; i < partials.size(); i++) {
        views[2 * i] = turn.at(partials.get(i));
        views[2 * i + 1] = turn.stride(partials.get(i));
      }
      turn.end(
          CudaCalls.join(
              handle,
              views,
              partials.size(),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  @Override
  public void addEmbeddings(Weight table, int[] ids, Tensor into) {
    ShapeRules.addEmbeddings(table, ids, into);
    try (CudaContext.Turn turn = context.begin("addEmbeddings")) {
      turn.end(
          CudaCalls.addEmbeddings(
              handle,
              turn.at(table),
              ids,
              ids.length,
              turn.at(into),
              into.columns(),
              turn.stride(into)));
    }
  }

  @Override
  public void addVector(Weight vector, Tensor into) {
    ShapeRules.addVector(vector, into);
    try (CudaContext.Turn turn = context.begin("addVector")) {
      turn.end(
          CudaCalls.addVector(
              handle,
              turn.at(vector),
              turn.at(into),
              into.rows(),
              into.columns(),
              turn.stride(into)));
    }
  }

  @Override
  public void scatter(Tensor from, RowPlan plan, Tensor cache) {
    CudaPlan rows = CudaPlan.of(plan, context);
    PlanRules.scatter(from, rows.rows(), rows.slots(), cache);
    try (CudaContext.Turn turn = context.begin("scatter")) {
      turn.end(
          CudaCalls.scatter(
              handle,
              turn.at(from),
              turn.stride(from),
              from.rows(),
              rows.handle(),
              turn.at(cache),
              cache.rows(),
              turn.rowBytes(cache),
              Formats.code(cache.format()),
              cache.columns()));
    }
  }

  @Override
  public void rmsNorm(Tensor x, Weight gain, float epsilon, float scale, Tensor into) {
    ShapeRules.rmsNorm(x, gain, into);
    try (CudaContext.Turn turn = context.begin("rmsNorm")) {
      turn.end(
          CudaCalls.rmsNorm(
              handle,
              turn.at(x),
              turn.stride(x),
              turn.at(gain),
              epsilon,
              scale,
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
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
    ShapeRules.same("addNorm", first, x);
    if (second != null) {
      ShapeRules.same("addNorm", second, x);
    }
    ShapeRules.rmsNorm(x, gain, into);
    try (CudaContext.Turn turn = context.begin("addNorm")) {
      turn.end(
          CudaCalls.addNorm(
              handle,
              turn.at(first),
              turn.stride(first),
              second == null ? 0 : turn.at(second),
              second == null ? 0 : turn.stride(second),
              turn.at(x),
              turn.stride(x),
              turn.at(gain),
              epsilon,
              scale,
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  @Override
  public void linear(Weight weight, @Nullable Weight bias, Tensor x, Tensor into) {
    ShapeRules.linear(weight, bias, x, into);
    try (CudaContext.Turn turn = context.begin("linear")) {
      turn.end(
          CudaCalls.linear(
              handle,
              turn.at(weight),
              turn.at(bias),
              turn.at(x),
              x.columns(),
              turn.stride(x),
              turn.at(into),
              into.columns(),
              turn.stride(into),
              into.rows()));
    }
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
    ShapeRules.linear(first, firstBias, x, firstInto);
    ShapeRules.linear(second, secondBias, x, secondInto);
    try (CudaContext.Turn turn = context.begin("linearPair")) {
      turn.end(
          CudaCalls.linearPair(
              handle,
              turn.at(first),
              turn.at(firstBias),
              turn.at(firstInto),
              turn.stride(firstInto),
              turn.at(second),
              turn.at(secondBias),
              turn.at(secondInto),
              turn.stride(secondInto),
              turn.at(x),
              x.columns(),
              turn.stride(x),
              x.rows()));
    }
  }

  @Override
  public void normLinear(
      Tensor x, Weight gain, float epsilon, float scale, Weight weight, Tensor into) {
    ShapeRules.rmsNorm(x, gain, x);
    ShapeRules.linear(weight, null, x, into);
    try (CudaContext.Turn turn = context.begin("normLinear")) {
      turn.end(
          CudaCalls.normLinear(
              handle,
              turn.at(gain),
              epsilon,
              scale,
              turn.at(weight),
              turn.at(x),
              x.columns(),
              turn.stride(x),
              turn.at(into),
              into.columns(),
              turn.stride(into),
              into.rows()));
    }
  }

  @Override
  public void gatedLinear(Weight gate, Weight up, Tensor x, Tensor into) {
    ShapeRules.gatedLinear(gate, up, x, into);
    try (CudaContext.Turn turn = context.begin("gatedLinear")) {
      turn.end(
          CudaCalls.gatedLinear(
              handle,
              turn.at(gate),
              turn.at(up),
              turn.at(x),
              x.columns(),
              turn.stride(x),
              turn.at(into),
              into.columns(),
              turn.stride(into),
              into.rows()));
    }
  }

  @Override
  public void rotate(Tensor x, int groups, Rotary rotary, RowPlan plan) {
    CudaPlan rows = CudaPlan.of(plan, context);
    PlanRules.rotate(x, groups, rotary, rows.rows());
    CudaMemory pairs = frequencies.of(rotary.inverseFrequencies());
    try (CudaContext.Turn turn = context.begin("rotate")) {
      turn.end(
          CudaCalls.rotate(
              handle,
              turn.at(x),
              x.rows(),
              x.columns(),
              turn.stride(x),
              groups,
              pairs.address(),
              rotary.inverseFrequencies().length,
              rotary.magnitude(),
              rows.handle()));
    }
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
    CudaPlan planned = CudaPlan.of(plan, context);
    PlanRules.rotate(queries, heads, rotary, planned.rows());
    PlanRules.rotate(rows.keys(), 1, rotary, planned.rows());
    ShapeRules.rmsNorm(rows.latents(), gain, rows.latents());
    PlanRules.scatter(rows.all(), planned.rows(), planned.slots(), cache);
    CudaMemory pairs = frequencies.of(rotary.inverseFrequencies());
    try (CudaContext.Turn turn = context.begin("place")) {
      turn.end(
          CudaCalls.place(
              handle,
              turn.at(queries),
              queries.columns(),
              turn.stride(queries),
              heads,
              turn.at(rows.all()),
              turn.stride(rows.all()),
              rows.latents().columns(),
              turn.at(gain),
              epsilon,
              scale,
              pairs.address(),
              rotary.inverseFrequencies().length,
              rotary.magnitude(),
              queries.rows(),
              planned.handle(),
              turn.at(cache),
              cache.rows(),
              turn.rowBytes(cache),
              Formats.code(cache.format()),
              cache.columns()));
    }
  }

  @Override
  public void latentAttention(
      Tensor queries, Weight kvB, HeadLayout layout, Tensor cache, RowPlan plan, Tensor into) {
    CudaPlan rows = CudaPlan.of(plan, context);
    PlanRules.latentAttention(queries, kvB, layout, cache, rows.rows(), rows.slots(), into);
    try (CudaContext.Turn turn = context.begin("latentAttention")) {
      turn.end(
          CudaCalls.attention(
              handle,
              turn.at(kvB),
              layout.heads(),
              layout.nope(),
              layout.rope(),
              layout.latent(),
              layout.value(),
              layout.scale(),
              turn.at(queries),
              turn.stride(queries),
              turn.at(cache),
              cache.rows(),
              turn.rowBytes(cache),
              Formats.code(cache.format()),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              rows.handle()));
    }
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
    CudaPlan planned = CudaPlan.of(plan, context);
    PlanRules.rotate(queries, layout.heads(), rotary, planned.rows());
    PlanRules.rotate(rows.keys(), 1, rotary, planned.rows());
    ShapeRules.rmsNorm(rows.latents(), gain, rows.latents());
    PlanRules.scatter(rows.all(), planned.rows(), planned.slots(), cache);
    PlanRules.latentAttention(queries, kvB, layout, cache, planned.rows(), planned.slots(), into);
    CudaMemory pairs = frequencies.of(rotary.inverseFrequencies());
    try (CudaContext.Turn turn = context.begin("placeAndAttend")) {
      turn.end(
          CudaCalls.placeAndAttend(
              handle,
              turn.at(kvB),
              layout.heads(),
              layout.nope(),
              layout.rope(),
              layout.latent(),
              layout.value(),
              layout.scale(),
              turn.at(queries),
              turn.stride(queries),
              turn.at(rows.all()),
              turn.stride(rows.all()),
              turn.at(gain),
              epsilon,
              scale,
              pairs.address(),
              rotary.inverseFrequencies().length,
              rotary.magnitude(),
              turn.at(cache),
              cache.rows(),
              turn.rowBytes(cache),
              Formats.code(cache.format()),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              planned.handle()));
    }
  }

  @Override
  public void route(
      Tensor x,
      Weight classifier,
      @Nullable Weight bias,
      @Nullable Weight correction,
      RouterRule rule,
      Routing into) {
    CudaRouting picks = CudaRouting.of(into, context);
    ExpertRules.route(x, classifier, bias, correction, rule, picks.topK(), picks.capacity());
    try (CudaContext.Turn turn = context.begin("route")) {
      turn.end(
          CudaCalls.route(
              handle,
              turn.at(classifier),
              turn.at(bias),
              turn.at(correction),
              turn.at(x),
              x.columns(),
              turn.stride(x),
              x.rows(),
              rule.topK(),
              rule.scalingFactor(),
              rule.normalise() ? 1 : 0,
              picks.idsAddress(),
              picks.weightsAddress()));
    }
    int rows = x.rows();
    context.also(() -> picks.filled(rows));
  }

  @Override
  public void addExperts(Routing routing, ExpertGroup experts, int firstId, Tensor x, Tensor into) {
    CudaRouting picks = CudaRouting.of(routing, context);
    CudaExperts group = fitting(picks.rows(), experts, x, into);
    try (CudaContext.Turn turn = context.begin("addExperts")) {
      turn.end(
          CudaCalls.addExperts(
              handle,
              group.handle(),
              firstId,
              picks.idsAddress(),
              picks.weightsAddress(),
              picks.topK(),
              turn.at(x),
              turn.stride(x),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  @Override
  public void mixExperts(
      Routing routing, ExpertGroup experts, int firstId, int firstZeroId, Tensor x, Tensor into) {
    CudaRouting picks = CudaRouting.of(routing, context);
    CudaExperts group = fitting(picks.rows(), experts, x, into);
    try (CudaContext.Turn turn = context.begin("mixExperts")) {
      turn.end(
          CudaCalls.mixExperts(
              handle,
              group.handle(),
              firstId,
              firstZeroId,
              picks.idsAddress(),
              picks.weightsAddress(),
              picks.topK(),
              turn.at(x),
              turn.stride(x),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
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
    CudaRouting picks = CudaRouting.of(routing, context);
    ExpertRules.route(x, classifier, bias, correction, rule, picks.topK(), picks.capacity());
    CudaExperts group = fitting(x.rows(), experts, x, into);
    try (CudaContext.Turn turn = context.begin("routeAndMix")) {
      turn.end(
          CudaCalls.routeAndMix(
              handle,
              turn.at(classifier),
              turn.at(bias),
              turn.at(correction),
              rule.topK(),
              rule.scalingFactor(),
              rule.normalise() ? 1 : 0,
              picks.idsAddress(),
              picks.weightsAddress(),
              group.handle(),
              firstId,
              firstZeroId,
              turn.at(x),
              turn.stride(x),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
    int rows = x.rows();
    context.also(() -> picks.filled(rows));
  }

  private CudaExperts fitting(int routed, ExpertGroup experts, Tensor x, Tensor into) {
    CudaExperts group = CudaExperts.of(experts, context);
    ExpertRules.routed("addExperts", routed, x, into);
    if (group.size() > 0) {
      ExpertRules.expertInput(group.first().gate(), x);
    }
    return group;
  }

  @Override
  public void addZeroExperts(Routing routing, int firstZeroId, Tensor x, Tensor into) {
    CudaRouting picks = CudaRouting.of(routing, context);
    ExpertRules.routed("addZeroExperts", picks.rows(), x, into);
    try (CudaContext.Turn turn = context.begin("addZeroExperts")) {
      turn.end(
          CudaCalls.zeroExperts(
              handle,
              firstZeroId,
              picks.idsAddress(),
              picks.weightsAddress(),
              picks.topK(),
              turn.at(x),
              turn.stride(x),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  @Override
  public void largest(Tensor numbers, Integers into) {
    CudaIntegers integers = CudaIntegers.of(into, context);
    integers.require(numbers.rows());
    try (CudaContext.Turn turn = context.begin("largest")) {
      turn.end(
          CudaCalls.largest(
              handle,
              turn.at(numbers),
              numbers.rows(),
              numbers.columns(),
              turn.stride(numbers),
              integers.memory(),
              integers.readout()));
    }
    integers.filled(numbers.rows());
  }

  @Override
  public void countPicks(Routing routing, int layers, int tokens, int realExperts, Integers into) {
    CudaRouting picks = CudaRouting.of(routing, context);
    CudaIntegers integers = CudaIntegers.of(into, context);
    ExpertRules.countPicks(picks.rows(), layers, tokens);
    integers.require(3L * tokens);
    try (CudaContext.Turn turn = context.begin("countPicks")) {
      turn.end(
          CudaCalls.countPicks(
              handle,
              picks.idsAddress(),
              layers,
              tokens,
              picks.topK(),
              realExperts,
              integers.memory(),
              integers.readout()));
    }
    integers.filled(3 * tokens);
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
