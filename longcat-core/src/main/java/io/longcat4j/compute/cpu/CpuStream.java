package io.longcat4j.compute.cpu;

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
import org.jspecify.annotations.Nullable;

/**
 * One native call for an operation, done when it returns. Experts alone are only begun: they run
 * beside what other streams do, until this stream's next operation or until another awaits it.
 */
final class CpuStream implements Stream {
  private final CpuContext context;
  private final Staging staging;
  private boolean expertsBegun;

  CpuStream(CpuContext context) {
    this.context = context;
    this.staging = new Staging(context);
  }

  /** Begins an operation, after those of this stream. */
  private CpuContext.Turn begin(String operation) {
    endExperts();
    return context.begin(operation);
  }

  private void endExperts() {
    if (!expertsBegun) {
      return;
    }
    expertsBegun = false;
    try (CpuContext.Turn turn = context.begin("addExperts")) {
      turn.end(CpuKernels.endExperts(turn.context()));
    }
  }

  @Override
  public void write(float[] values, int offset, Tensor into) {
    ShapeRules.host("write", values, offset, into);
    try (CpuContext.Turn turn = begin("write")) {
      turn.end(
          CpuKernels.write(
              values,
              values.length,
              offset,
              turn.at(into),
              into.rows(),
              into.columns(),
              turn.stride(into)));
    }
  }

  @Override
  public void read(Tensor from, float[] values, int offset) {
    ShapeRules.host("read", values, offset, from);
    try (CpuContext.Turn turn = begin("read")) {
      turn.end(
          CpuKernels.read(
              values,
              values.length,
              offset,
              turn.at(from),
              from.rows(),
              from.columns(),
              turn.stride(from)));
    }
  }

  @Override
  public void write(HostRows rows, Tensor into) {
    ShapeRules.write(rows, into);
    try (CpuContext.Turn turn = begin("write")) {
      turn.end(
          CpuKernels.writeBytes(
              rows.memory(),
              (long) rows.rows() * rows.columns(),
              0,
              turn.at(into),
              into.rows(),
              into.columns(),
              turn.stride(into)));
    }
  }

  @Override
  public void read(Tensor from, Readout into) {
    try (CpuContext.Turn turn = begin("read")) {
      turn.at(from);
      CpuReadout.of(into, context).fill(CpuTensor.of(from, context));
    }
  }

  @Override
  public void plan(List<Span> spans, RowPlan into) {
    CpuPlan plan = CpuPlan.of(into, context);
    try (CpuContext.Turn turn = begin("plan")) {
      plan.fill(spans);
      turn.end(CpuKernels.OK);
    }
  }

  @Override
  public void zero(Tensor into) {
    try (CpuContext.Turn turn = begin("zero")) {
      turn.end(
          CpuKernels.zero(
              turn.context(), turn.at(into), into.rows(), into.columns(), turn.stride(into)));
    }
  }

  @Override
  public void copy(Tensor from, Tensor into) {
    ShapeRules.copy(from, into);
    try (CpuContext.Turn turn = begin("copy")) {
      turn.end(
          CpuKernels.copy(
              turn.context(),
              turn.at(from),
              turn.rowBytes(from),
              turn.at(into),
              turn.rowBytes(into),
              into.rows(),
              into.format().rowBytes(into.columns())));
    }
  }

  @Override
  public void add(Tensor from, Tensor into) {
    ShapeRules.same("add", from, into);
    try (CpuContext.Turn turn = begin("add")) {
      turn.end(
          CpuKernels.add(
              turn.context(),
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
    try (CpuContext.Turn turn = begin("join")) {
      int count = partials.size();
      staging.start(2L * count * Long.BYTES);
      long addresses = staging.longs(count, i -> turn.at(partials.get(i)));
      long strides = staging.longs(count, i -> turn.stride(partials.get(i)));
      turn.end(
          CpuKernels.join(
              turn.context(),
              addresses,
              strides,
              count,
              turn.at(into),
              turn.stride(into),
              into.rows(),
              into.columns()));
    }
  }

  @Override
  public void addEmbeddings(Weight table, int[] ids, Tensor into) {
    ShapeRules.addEmbeddings(table, ids, into);
    try (CpuContext.Turn turn = begin("addEmbeddings")) {
      turn.end(
          CpuKernels.addEmbeddings(
              turn.context(),
              turn.at(table),
              staging.only(ids),
              ids.length,
              turn.at(into),
              into.columns(),
              turn.stride(into)));
    }
  }

  @Override
  public void scatter(Tensor from, RowPlan plan, Tensor cache) {
    CpuPlan rows = CpuPlan.of(plan, context);
    PlanRules.scatter(from, rows.rows(), rows.slots(), cache);
    try (CpuContext.Turn turn = begin("scatter")) {
      turn.end(
          CpuKernels.scatter(
              turn.context(),
              turn.at(from),
              turn.stride(from),
              from.rows(),
              rows.address(),
              turn.at(cache),
              cache.rows(),
              turn.rowBytes(cache),
              InstructionSet.formatCode(cache.format()),
              cache.columns()));
    }
  }

  @Override
  public void rmsNorm(Tensor x, Weight gain, float epsilon, float scale, Tensor into) {
    ShapeRules.rmsNorm(x, gain, into);
    try (CpuContext.Turn turn = begin("rmsNorm")) {
      turn.end(
          CpuKernels.rmsNorm(
              turn.context(),
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
    try (CpuContext.Turn turn = begin("linear")) {
      turn.end(
          CpuKernels.linear(
              turn.context(),
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
  public void gatedLinear(Weight gate, Weight up, Tensor x, Tensor into) {
    ShapeRules.gatedLinear(gate, up, x, into);
    try (CpuContext.Turn turn = begin("gatedLinear")) {
      turn.end(
          CpuKernels.gatedLinear(
              turn.context(),
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
    CpuPlan rows = CpuPlan.of(plan, context);
    PlanRules.rotate(x, groups, rotary, rows.rows());
    double[] frequencies = rotary.inverseFrequencies();
    long bytes = (long) frequencies.length * Double.BYTES;
    try (CpuContext.Turn turn = begin("rotate")) {
      turn.end(
          CpuKernels.rotate(
              turn.context(),
              turn.at(x),
              x.rows(),
              x.columns(),
              turn.stride(x),
              groups,
              staging.start(bytes).doubles(frequencies),
              frequencies.length,
              rotary.magnitude(),
              rows.address()));
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
    CpuPlan rows = CpuPlan.of(plan, context);
    PlanRules.latentAttention(queries, kvB, layout, cache, rows.rows(), rows.slots(), into);
    attention("latentAttention", queries, kvB, layout, cache, index, rows, into, 0);
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
    CpuPlan rows = CpuPlan.of(plan, context);
    PlanRules.measureAttention(queries, kvB, layout, cache, rows.rows(), rows.slots(), into);
    attention("measureAttention", queries, kvB, layout, cache, index, rows, into, 1);
  }

  private void attention(
      String operation,
      Tensor queries,
      Weight kvB,
      HeadLayout layout,
      Tensor cache,
      @Nullable KeyIndex index,
      CpuPlan rows,
      Tensor into,
      int measured) {
    PlanRules.indexed(rows.choice(), index, layout, rows.pagePositions(), rows.pages());
    CpuIndex known =
        index == null || !rows.choice().isApproximate() ? null : CpuIndex.of(index, context);
    try (CpuContext.Turn turn = begin(operation)) {
      turn.end(
          CpuKernels.attention(
              turn.context(),
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
              InstructionSet.formatCode(cache.format()),
              turn.at(into),
              turn.stride(into),
              into.rows(),
              rows.address(),
              known == null ? 0 : known.address(0),
              known == null ? 0 : known.bytes(),
              rows.choice().code(),
              measured));
    }
  }

  @Override
  public void index(Tensor cache, RowPlan plan, KeyIndex into) {
    CpuPlan rows = CpuPlan.of(plan, context);
    CpuIndex index = CpuIndex.of(into, context);
    PlanRules.index(cache, rows.pagePositions(), rows.pages(), into);
    try (CpuContext.Turn turn = begin("index")) {
      turn.end(
          CpuKernels.index(
              turn.context(),
              turn.at(cache),
              cache.rows(),
              turn.rowBytes(cache),
              InstructionSet.formatCode(cache.format()),
              rows.rows(),
              rows.address(),
              index.address(0),
              index.bytes(),
              index.shape().choice().code(),
              index.shape().latent(),
              index.shape().rope()));
    }
  }

  @Override
  public void copyIndex(KeyIndex index, int from, int to) {
    CpuIndex known = CpuIndex.of(index, context);
    PlanRules.copyIndex(index, from, to);
    try (CpuContext.Turn turn = begin("copyIndex")) {
      long bytes = known.shape().pageBytes();
      turn.end(
          CpuKernels.copy(
              turn.context(), known.address(from), bytes, known.address(to), bytes, 1, bytes));
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
    CpuRouting picks = CpuRouting.of(into, context);
    ExpertRules.route(x, classifier, bias, correction, rule, picks.topK(), picks.capacity());
    try (CpuContext.Turn turn = begin("route")) {
      turn.end(
          CpuKernels.route(
              turn.context(),
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
              picks.weightsAddress(),
              picks.capacity()));
    }
    picks.filled(x.rows());
  }

  @Override
  public void addExperts(Routing routing, ExpertGroup experts, int firstId, Tensor x, Tensor into) {
    CpuRouting picks = CpuRouting.of(routing, context);
    CpuExperts group = CpuExperts.of(experts, context);
    ExpertRules.routed("addExperts", picks.rows(), x, into);
    if (group.size() > 0) {
      ExpertRules.expertInput(group.first().gate(), x);
    }
    try (CpuContext.Turn turn = begin("addExperts")) {
      turn.end(
          CpuKernels.beginExperts(
              turn.context(),
              group.address(),
              group.size(),
              group.slices(),
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
      expertsBegun = true;
    }
  }

  @Override
  public void addZeroExperts(Routing routing, int firstZeroId, Tensor x, Tensor into) {
    CpuRouting picks = CpuRouting.of(routing, context);
    ExpertRules.routed("addZeroExperts", picks.rows(), x, into);
    try (CpuContext.Turn turn = begin("addZeroExperts")) {
      turn.end(
          CpuKernels.zeroExperts(
              turn.context(),
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
  public void await(Stream other) {
    context.requireOpen();
    if (!(other instanceof CpuStream known) || known.context != context) {
      throw new IllegalArgumentException("the stream was opened by another backend");
    }
    known.endExperts();
  }

  @Override
  public void synchronise() {
    context.requireOpen();
    endExperts();
  }
}
