package io.longcat4j.cuda;

import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.spi.WorkerThreads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Offers the first GPU of this machine. */
public final class CudaProvider implements ComputeProvider {
  /**
   * What the kernel shows where there is a GPU, whatever its driver's libraries are: Linux, WSL.
   */
  private static final List<Path> DEVICES = List.of(Path.of("/dev/nvidiactl"), Path.of("/dev/dxg"));

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
    CudaLibrary.load();
    return new CudaBackend(
        new CudaContext.Options(name(), new DeviceKind.Hardware(), 0, numerics, 0));
  }
}
