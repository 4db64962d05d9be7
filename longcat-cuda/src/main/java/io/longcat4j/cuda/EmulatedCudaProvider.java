package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import io.longcat4j.Gpus;
import io.longcat4j.Numerics;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.compute.DeviceMemory;
import io.longcat4j.spi.WorkerThreads;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Offers GPUs that are emulated on one thread of the CPU, for whoever changes kernels: they are
 * many thousand times slower, and find races, wrong waits and accesses out of bounds. The
 * environment variable {@code LONGCAT_EMULATOR} or, without it, the system property {@value
 * #SETTINGS} says how, such as {@code seed=7,tensor=truncating,arch=90}.
 */
public final class EmulatedCudaProvider implements ComputeProvider {
  private static final String SETTINGS = "io.longcat4j.emulator";
  private static final int DEVICES = 8;
  private static final long BYTES = 8L << 30;

  private final Machine machine;

  /** Eight devices of 8 GiB, which are linked; used by {@link java.util.ServiceLoader}. */
  public EmulatedCudaProvider() {
    this(new DeviceKind.Emulated(DEVICES, BYTES, /* linked= */ true));
  }

  EmulatedCudaProvider(DeviceKind.Emulated devices) {
    this.machine = new Machine(devices);
  }

  @Override
  public String name() {
    return "cuda-emulated";
  }

  @Override
  public int priority() {
    return Integer.MIN_VALUE;
  }

  @Override
  public boolean isAutomatic() {
    return false;
  }

  @Override
  public ComputeBackend open(WorkerThreads threads, Numerics numerics) {
    return open(BackendRequest.of(threads, numerics));
  }

  @Override
  public ComputeBackend open(BackendRequest request) {
    CudaLibrary.load();
    emulate(System.getProperty(SETTINGS, ""));
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

  private static void emulate(String settings) {
    byte[] text = settings.getBytes(StandardCharsets.UTF_8);
    if (CudaCalls.emulate(text, text.length) != CudaCalls.OK) {
      throw new BackendException(
          SETTINGS + " is \"" + settings + "\"; say such as seed=7,tensor=truncating,arch=90");
    }
  }
}
