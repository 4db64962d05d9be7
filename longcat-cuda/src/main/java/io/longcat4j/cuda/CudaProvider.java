package io.longcat4j.cuda;

import io.longcat4j.Gpus;
import io.longcat4j.Numerics;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.compute.DeviceMemory;
import io.longcat4j.spi.WorkerThreads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Offers the GPUs of this machine, one to each rank. */
public final class CudaProvider implements ComputeProvider {
  /**
   * What the kernel shows where there is a GPU, whatever its driver's libraries are: Linux, WSL.
   */
  private static final List<Path> DEVICES = List.of(Path.of("/dev/nvidiactl"), Path.of("/dev/dxg"));

  private final Machine machine = new Machine(new DeviceKind.Hardware());

  /** Used by {@link java.util.ServiceLoader}. */
  public CudaProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int priority() {
    return 200;
  }

  @Override
  public boolean isAutomatic() {
    return DEVICES.stream().anyMatch(Files::exists);
  }

  @Override
  public ComputeBackend open(WorkerThreads threads, Numerics numerics) {
    return open(BackendRequest.of(threads, numerics));
  }

  @Override
  public ComputeBackend open(BackendRequest request) {
    return CudaBackend.open(name(), machine, request);
  }

  @Override
  public boolean hasDevices() {
    return true;
  }

  @Override
  public List<DeviceMemory> devices(Gpus gpus, int ranks) {
    return machine.devices(gpus, ranks);
  }
}
