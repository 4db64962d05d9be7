package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.spi.WorkerThreads;
import java.nio.charset.StandardCharsets;

/**
 * Offers a GPU that is emulated on one thread of the CPU, for whoever changes kernels: it is many
 * thousand times slower, and finds races, wrong waits and accesses out of bounds. The environment
 * variable {@code LONGCAT_EMULATOR} or, without it, the system property {@value #SETTINGS} says
 * how, such as {@code seed=7,tensor=truncating,arch=90}.
 */
public final class EmulatedCudaProvider implements ComputeProvider {
  private static final String SETTINGS = "io.longcat4j.emulator";
  private static final long BYTES = 8L << 30;

  /** Used by {@link java.util.ServiceLoader}. */
  public EmulatedCudaProvider() {}

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
    CudaLibrary.load();
    emulate(System.getProperty(SETTINGS, ""));
    DeviceKind kind = new DeviceKind.Emulated(1, BYTES);
    return new CudaBackend(new CudaContext.Options(name(), kind, 0, numerics, 0));
  }

  private static void emulate(String settings) {
    byte[] text = settings.getBytes(StandardCharsets.UTF_8);
    if (CudaCalls.emulate(text, text.length) != CudaCalls.OK) {
      throw new BackendException(
          SETTINGS + " is \"" + settings + "\"; say such as seed=7,tensor=truncating,arch=90");
    }
  }
}
