package io.longcat4j.compute;

import io.longcat4j.LoadingListener;
import io.longcat4j.WeightMemory;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.checkpoint.ScaledTensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A device for all but the experts, which another backend keeps and computes in memory of the host:
 * their inputs and picks are read back, and their sums sent, in every layer. Sums have the bits of
 * the host's backend. Owns both.
 */
final class HostExpertsBackend implements ComputeBackend {
  private final ComputeBackend device;
  private final ComputeBackend host;

  HostExpertsBackend(ComputeBackend device, ComputeBackend host) {
    this.device = device;
    this.host = host;
  }

  ComputeBackend host() {
    return host;
  }

  private static ComputeBackend deviceOf(ComputeBackend backend) {
    return backend instanceof HostExpertsBackend both ? both.device : backend;
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public String describe() {
    return device.describe() + "; experts by " + host.describe();
  }

  @Override
  public String arithmetic() {
    return device.arithmetic() + ", experts by " + host.arithmetic();
  }

  @Override
  public Tensor allocate(int rows, int columns, RowFormat format) {
    return device.allocate(rows, columns, format);
  }

  @Override
  public Tensor over(ByteBuffer memory, int rows, int columns) {
    return device.over(memory, rows, columns);
  }

  @Override
  public Weight load(ScaledTensor weight, int slices) {
    return device.load(weight, slices);
  }

  @Override
  public void onTaken(LongConsumer heard) {
    device.onTaken(heard);
    host.onTaken(heard);
  }

  @Override
  public void settle(WeightMemory wanted, LoadingListener listener) {
    device.settle(wanted, listener);
    host.settle(wanted, listener);
  }

  @Override
  public String describeWeights() {
    return device.describeWeights() + "; those of experts " + host.describeWeights();
  }

  @Override
  public ComputeBackend forExperts() {
    return host;
  }

  @Override
  public ExpertGroup experts(List<Expert> experts, int slices) {
    return host.experts(experts, slices);
  }

  @Override
  public Routing allocateRouting(int rows, int topK) {
    return device.allocateRouting(rows, topK);
  }

  @Override
  public RowPlan allocatePlan(int pagePositions, int pages) {
    return device.allocatePlan(pagePositions, pages);
  }

  @Override
  public Optional<String> refusal(AttentionPolicy policy) {
    return device.refusal(policy);
  }

  @Override
  public KeyIndex allocateIndex(IndexShape shape) {
    return device.allocateIndex(shape);
  }

  @Override
  public Readout allocateReadout(int rows, int columns) {
    return device.allocateReadout(rows, columns);
  }

  @Override
  public Integers allocateIntegers(int most) {
    return device.allocateIntegers(most);
  }

  @Override
  public Stream openStream() {
    return new HostExpertsStream(device.openStream(), host);
  }

  @Override
  public boolean reaches(ComputeBackend other) {
    return device.reaches(deviceOf(other));
  }

  @Override
  public PeerSlot openSlot(int floats) {
    return new Slot(device.openSlot(floats));
  }

  @Override
  public Optional<DeviceFloors> measureFloors() {
    return device.measureFloors();
  }

  @Override
  public void close() {
    device.close();
    host.close();
  }

  /** A slot of the device, for streams that leave experts to the host. */
  private record Slot(PeerSlot slot) implements PeerSlot {
    @Override
    public Tensor view(ComputeBackend viewer, int rows, int columns) {
      return slot.view(deviceOf(viewer), rows, columns);
    }

    @Override
    public void fill(Stream stream) {
      slot.fill(HostExpertsStream.deviceOf(stream));
    }

    @Override
    public void await(Stream stream) {
      slot.await(HostExpertsStream.deviceOf(stream));
    }
  }
}
