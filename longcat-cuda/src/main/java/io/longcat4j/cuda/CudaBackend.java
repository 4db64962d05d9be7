package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.DeviceFloors;
import io.longcat4j.compute.Expert;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.ExpertRules;
import io.longcat4j.compute.Integers;
import io.longcat4j.compute.PeerSlot;
import io.longcat4j.compute.PlanRules;
import io.longcat4j.compute.Readout;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.StoredWeight;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Kernels on a GPU. Weights lie in its memory in the format they have on disk; sums are in F32.
 * Operations are queued and run in the order of their stream; every operation has the same bits
 * whatever the number of rows beside a row.
 */
final class CudaBackend implements ComputeBackend {
  private static final int LIKED_ROWS = 2048;

  private final CudaContext context;
  private final Frequencies frequencies;
  private final String name;
  private final Numerics numerics;
  private final boolean emulated;
  private final Machine machine;
  private final int device;
  private volatile LongConsumer taken = bytes -> {};

  CudaBackend(CudaContext.Options options) {
    this.context = CudaContext.open(options);
    this.machine = options.machine();
    this.device = options.device();
    this.frequencies = new Frequencies(context);
    this.name = options.name();
    this.numerics = options.numerics();
    this.emulated = machine.kind() instanceof DeviceKind.Emulated;
  }

  /**
   * Opens the device of a rank.
   *
   * @throws io.longcat4j.BackendException if it has none, or not the memory that is needed
   */
  static CudaBackend open(String name, Machine machine, BackendRequest request) {
    int device = machine.deviceOf(request);
    long most = machine.freeBytes(device, request.gpus());
    if (request.neededBytes() > most) {
      throw new BackendException(
          "GPU %d has %d MiB for this rank, but weights, passes and the cache need %d MiB, %d MiB more"
                  .formatted(
                      device,
                      most >> 20,
                      up(request.neededBytes()),
                      up(request.neededBytes() - most))
              + "; use more ranks, weights of FP8 or INT4, a shorter cache, or leave the experts to"
              + " the processor (Gpus.withExpertsOnHost())");
    }
    return new CudaBackend(
        new CudaContext.Options(
            name, machine, device, request.numerics(), request.neededBytes(), most));
  }

  private static long up(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }

  /** What a backend of this kind works in. */
  static CudaContext contextOf(ComputeBackend backend) {
    if (!(backend instanceof CudaBackend known)) {
      throw new IllegalArgumentException(backend.name() + " sees no memory of a GPU");
    }
    return known.context;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String describe() {
    DeviceFacts facts = context.facts();
    return "%s: device %d (%s), compute capability %d.%d, %d multiprocessors, driver %d.%d, %s, %s"
        .formatted(
            name,
            device,
            facts.name(),
            facts.capability() / 10,
            facts.capability() % 10,
            facts.multiprocessors(),
            facts.driverVersion() / 1000,
            facts.driverVersion() % 1000 / 10,
            memory(),
            title(numerics));
  }

  Traffic traffic() {
    return Traffic.of(context);
  }

  private String memory() {
    long bytes;
    try (CudaContext.Turn turn = context.begin("describe")) {
      bytes = CudaCalls.arenaBytes(turn.backend());
    }
    return (bytes >> 20) + " MiB of " + (context.facts().totalBytes() >> 20) + " MiB taken";
  }

  private static String title(Numerics numerics) {
    return switch (numerics) {
      case EXACT -> "exact numerics (F32 activations)";
      case BF16 -> "BF16 numerics (activations rounded to BF16)";
      case FP8 -> "FP8 numerics (activations rounded to E4M3 for FP8 weights, else to BF16)";
    };
  }

  @Override
  public String arithmetic() {
    return name + " with sm_" + context.facts().capability() + ", " + numerics;
  }

  /**
   * Experts are read once for all rows that picked them: only long passes are not bound by that.
   */
  @Override
  public int likedRows() {
    return emulated ? ComputeBackend.super.likedRows() : LIKED_ROWS;
  }

  @Override
  public Tensor allocate(int rows, int columns, RowFormat format) {
    ShapeRules.allocate(rows, columns);
    return CudaTensor.zeros(context, rows, columns, format);
  }

  @Override
  public Tensor over(ByteBuffer memory, int rows, int columns) {
    ShapeRules.over(memory, rows, columns);
    return CudaTensor.over(context, memory, rows, columns);
  }

  @Override
  public void onTaken(LongConsumer heard) {
    taken = heard;
  }

  @Override
  public Weight load(ScaledTensor weight, int slices) {
    context.requireOpen();
    return CudaWeight.load(context, StoredWeight.of(weight, slices), taken);
  }

  @Override
  public String describeWeights() {
    try (CudaContext.Turn turn = context.begin("describeWeights")) {
      long used = CudaCalls.usedBytes(turn.backend());
      return "in the memory of the device, with all else " + (used >> 20) + " MiB";
    }
  }

  @Override
  public ExpertGroup experts(List<Expert> experts, int slices) {
    return new CudaExperts(context, experts, slices);
  }

  @Override
  public Routing allocateRouting(int rows, int topK) {
    ExpertRules.allocateRouting(rows, topK);
    return new CudaRouting(context, rows, topK);
  }

  @Override
  public RowPlan allocatePlan(int pagePositions, int pages) {
    PlanRules.allocatePlan(pagePositions, pages);
    return new CudaPlan(context, pagePositions, pages);
  }

  @Override
  public Readout allocateReadout(int rows, int columns) {
    ShapeRules.allocate(rows, columns);
    return new CudaReadout(context, rows, columns);
  }

  @Override
  public Integers allocateIntegers(int most) {
    ShapeRules.allocate(most, 1);
    return new CudaIntegers(context, most);
  }

  @Override
  public boolean hasOwnMemory() {
    return true;
  }

  @Override
  public boolean reaches(ComputeBackend other) {
    if (!(other instanceof CudaBackend known) || known.machine != machine) {
      return false;
    }
    try (CudaContext.Turn turn = context.begin("reaches")) {
      int answer = CudaCalls.reach(turn.backend(), known.device);
      turn.end(Math.min(answer, CudaCalls.OK));
      return answer == 1;
    }
  }

  @Override
  public PeerSlot openSlot(int floats) {
    return new CudaSlot(context, floats);
  }

  /** By an emulator so little that it only shows that it works. */
  @Override
  public Optional<DeviceFloors> measureFloors() {
    return Optional.of(
        new CudaStream(context, frequencies)
            .measure(emulated ? 1L << 16 : 2L << 30, emulated ? 1 : 20_000));
  }

  @Override
  public Stream openStream() {
    return new CudaStream(context, frequencies);
  }

  @Override
  public void close() {
    context.close();
  }
}
