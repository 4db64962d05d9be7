package io.longcat4j.compute.cpu;

import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Span;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One native call for an operation, done when it returns. */
final class CpuStream implements Stream {
  private final CpuContext context;
  private final Staging staging;
  private final StagedSpans staged = new StagedSpans();

  CpuStream(CpuContext context) {
    this.context = context;
    this.staging = new Staging(context);
  }

  @Override
  public void write(float[] values, int offset, Tensor into) {
    CpuTensor target = tensor(into);
    ShapeRules.host("write", values, offset, into);
    try (CpuContext.Turn turn = context.begin("write")) {
      turn.end(
          CpuKernels.write(
              values,
              values.length,
              offset,
              target.address(),
              target.rows(),
              target.columns(),
              target.stride()));
    }
  }

  @Override
  public void read(Tensor from, float[] values, int offset) {
    CpuTensor source = tensor(from);
    ShapeRules.host("read", values, offset, from);
    try (CpuContext.Turn turn = context.begin("read")) {
      turn.end(
          CpuKernels.read(
              values,
              values.length,
              offset,
              source.address(),
              source.rows(),
              source.columns(),
              source.stride()));
    }
  }

  @Override
  public void zero(Tensor into) {
    CpuTensor target = tensor(into);
    try (CpuContext.Turn turn = context.begin("zero")) {
      turn.end(
          CpuKernels.zero(
              turn.context(), target.address(), target.rows(), target.columns(), target.stride()));
    }
  }

  @Override
  public void copy(Tensor from, Tensor into) {
    CpuTensor source = tensor(from);
    CpuTensor target = tensor(into);
    ShapeRules.same("copy", from, into);
    try (CpuContext.Turn turn = context.begin("copy")) {
      turn.end(
          CpuKernels.copy(
              turn.context(),
              source.address(),
              source.stride(),
              target.address(),
              target.stride(),
              target.rows(),
              target.columns()));
    }
  }

  @Override
  public void add(Tensor from, Tensor into) {
    CpuTensor source = tensor(from);
    CpuTensor target = tensor(into);
    ShapeRules.same("add", from, into);
    try (CpuContext.Turn turn = context.begin("add")) {
      turn.end(
          CpuKernels.add(
              turn.context(),
              source.address(),
              source.stride(),
              target.address(),
              target.stride(),
              target.rows(),
              target.columns()));
    }
  }

  @Override
  public void addEmbeddings(Weight table, int[] ids, Tensor into) {
    CpuTensor target = tensor(into);
    long entries = address(table);
    ShapeRules.addEmbeddings(table, ids, into);
    try (CpuContext.Turn turn = context.begin("addEmbeddings")) {
      turn.end(
          CpuKernels.addEmbeddings(
              turn.context(),
              entries,
              staging.only(ids),
              ids.length,
              target.address(),
              target.columns(),
              target.stride()));
    }
  }

  @Override
  public void scatter(Tensor from, int[] rows, Tensor into) {
    CpuTensor source = tensor(from);
    CpuTensor target = tensor(into);
    ShapeRules.scatter(from, rows, into);
    try (CpuContext.Turn turn = context.begin("scatter")) {
      turn.end(
          CpuKernels.scatter(
              turn.context(),
              source.address(),
              source.stride(),
              staging.only(rows),
              rows.length,
              target.address(),
              target.rows(),
              target.stride(),
              target.columns()));
    }
  }

  @Override
  public void rmsNorm(Tensor x, Weight gain, float epsilon, float scale, Tensor into) {
    CpuTensor source = tensor(x);
    CpuTensor target = tensor(into);
    long gains = address(gain);
    ShapeRules.rmsNorm(x, gain, into);
    try (CpuContext.Turn turn = context.begin("rmsNorm")) {
      turn.end(
          CpuKernels.rmsNorm(
              turn.context(),
              source.address(),
              source.stride(),
              gains,
              epsilon,
              scale,
              target.address(),
              target.stride(),
              target.rows(),
              target.columns()));
    }
  }

  @Override
  public void linear(Weight weight, @Nullable Weight bias, Tensor x, Tensor into) {
    CpuTensor source = tensor(x);
    CpuTensor target = tensor(into);
    long weightAddress = address(weight);
    long biasAddress = address(bias);
    ShapeRules.linear(weight, bias, x, into);
    try (CpuContext.Turn turn = context.begin("linear")) {
      turn.end(
          CpuKernels.linear(
              turn.context(),
              weightAddress,
              biasAddress,
              source.address(),
              source.columns(),
              source.stride(),
              target.address(),
              target.columns(),
              target.stride(),
              target.rows()));
    }
  }

  @Override
  public void gatedLinear(Weight gate, Weight up, Tensor x, Tensor into) {
    CpuTensor source = tensor(x);
    CpuTensor target = tensor(into);
    long gateAddress = address(gate);
    long upAddress = address(up);
    ShapeRules.gatedLinear(gate, up, x, into);
    try (CpuContext.Turn turn = context.begin("gatedLinear")) {
      turn.end(
          CpuKernels.gatedLinear(
              turn.context(),
              gateAddress,
              upAddress,
              source.address(),
              source.columns(),
              source.stride(),
              target.address(),
              target.columns(),
              target.stride(),
              target.rows()));
    }
  }

  @Override
  public void scale(Tensor x, float factor) {
    CpuTensor target = tensor(x);
    try (CpuContext.Turn turn = context.begin("scale")) {
      turn.end(
          CpuKernels.scale(
              turn.context(),
              target.address(),
              target.rows(),
              target.columns(),
              target.stride(),
              factor));
    }
  }

  @Override
  public void rotate(Tensor x, int groups, Rotary rotary, int[] positions) {
    CpuTensor target = tensor(x);
    ShapeRules.rotate(x, groups, rotary, positions);
    double[] frequencies = rotary.inverseFrequencies();
    long bytes = (long) frequencies.length * Double.BYTES + (long) positions.length * Integer.BYTES;
    try (CpuContext.Turn turn = context.begin("rotate")) {
      turn.end(
          CpuKernels.rotate(
              turn.context(),
              target.address(),
              target.rows(),
              target.columns(),
              target.stride(),
              groups,
              staging.start(bytes).doubles(frequencies),
              frequencies.length,
              rotary.magnitude(),
              staging.ints(positions),
              positions.length));
    }
  }

  @Override
  public void latentAttention(
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      Tensor cache,
      List<Span> spans,
      int topK,
      Tensor into) {
    CpuTensor source = tensor(queries);
    CpuTensor latents = tensor(cache);
    CpuTensor target = tensor(into);
    long weight = address(kvB);
    ShapeRules.latentAttention(queries, kvB, layout, cache, spans, topK, into);
    try (CpuContext.Turn turn = context.begin("latentAttention")) {
      staged.put(spans, staging);
      turn.end(
          CpuKernels.attention(
              turn.context(),
              weight,
              layout.heads(),
              layout.nope(),
              layout.rope(),
              layout.latent(),
              layout.value(),
              layout.scale(),
              source.address(),
              source.stride(),
              latents.address(),
              latents.rows(),
              latents.stride(),
              target.address(),
              target.stride(),
              target.rows(),
              staged.spans(),
              spans.size(),
              staged.slots(),
              staged.slotCount(),
              topK));
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
    CpuTensor source = tensor(x);
    CpuRouting picks = CpuRouting.of(into, context);
    long classifierAddress = address(classifier);
    long biasAddress = address(bias);
    long correctionAddress = address(correction);
    ShapeRules.route(x, classifier, bias, correction, rule, picks.topK(), picks.capacity());
    try (CpuContext.Turn turn = context.begin("route")) {
      turn.end(
          CpuKernels.route(
              turn.context(),
              classifierAddress,
              biasAddress,
              correctionAddress,
              source.address(),
              source.columns(),
              source.stride(),
              source.rows(),
              rule.topK(),
              rule.scalingFactor(),
              rule.normalise() ? 1 : 0,
              picks.idsAddress(),
              picks.weightsAddress(),
              picks.capacity()));
    }
    picks.filled(x.rows());
  }

  @Override
  public void addExperts(Routing routing, ExpertGroup experts, int firstId, Tensor x, Tensor into) {
    CpuTensor source = tensor(x);
    CpuTensor target = tensor(into);
    CpuRouting picks = CpuRouting.of(routing, context);
    CpuExperts group = CpuExperts.of(experts, context);
    ShapeRules.routed("addExperts", picks.rows(), x, into);
    if (group.size() > 0) {
      ShapeRules.expertInput(group.first().gate(), x);
    }
    try (CpuContext.Turn turn = context.begin("addExperts")) {
      turn.end(
          CpuKernels.experts(
              turn.context(),
              group.address(),
              group.size(),
              firstId,
              picks.idsAddress(),
              picks.weightsAddress(),
              picks.topK(),
              source.address(),
              source.stride(),
              target.address(),
              target.stride(),
              target.rows(),
              target.columns()));
    }
  }

  @Override
  public void addZeroExperts(Routing routing, int firstZeroId, Tensor x, Tensor into) {
    CpuTensor source = tensor(x);
    CpuTensor target = tensor(into);
    CpuRouting picks = CpuRouting.of(routing, context);
    ShapeRules.routed("addZeroExperts", picks.rows(), x, into);
    try (CpuContext.Turn turn = context.begin("addZeroExperts")) {
      turn.end(
          CpuKernels.zeroExperts(
              turn.context(),
              firstZeroId,
              picks.idsAddress(),
              picks.weightsAddress(),
              picks.topK(),
              source.address(),
              source.stride(),
              target.address(),
              target.stride(),
              target.rows(),
              target.columns()));
    }
  }

  @Override
  public void await(Stream other) {
    context.requireOpen();
    if (!(other instanceof CpuStream known) || known.context != context) {
      throw new IllegalArgumentException("the stream was opened by another backend");
    }
  }

  @Override
  public void synchronise() {
    context.requireOpen();
  }

  private CpuTensor tensor(Tensor tensor) {
    return CpuTensor.of(tensor, context);
  }

  /** 0 for none. */
  private long address(@Nullable Weight weight) {
    return CpuWeight.addressOf(weight, context);
  }
}
