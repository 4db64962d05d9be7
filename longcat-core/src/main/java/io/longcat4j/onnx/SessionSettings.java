package io.longcat4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.longcat4j.BackendException;
import io.longcat4j.Device;
import io.longcat4j.natives.NativeCache;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How ONNX Runtime is asked to behave. */
final class SessionSettings {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxSession.class);

  /** For 128 KB of words, the most that Linux takes in one. */
  private static final long LOADING_STACK_BYTES = 64L << 20;

  private SessionSettings() {}

  static OrtEnvironment environment() {
    Outcome outcome = Loaded.OUTCOME;
    if (outcome.environment() == null) {
      Throwable failure = Objects.requireNonNull(outcome.failure());
      throw new BackendException(
          "ONNX Runtime's native library does not load on this machine ("
              + failure
              + "); it needs Linux, macOS or Windows on x86-64 or arm64, and a writable"
              + " java.io.tmpdir; "
              + NativeCache.REMEDY,
          failure);
    }
    return outcome.environment();
  }

  private record Outcome(@Nullable OrtEnvironment environment, @Nullable Throwable failure) {}

  /**
   * While it loads, ONNX Runtime 1.29 goes through the command line of the process by recursion: a
   * class path of 5 KB overflows the stack of a usual thread, which ends the process.
   */
  private static final class Loaded {
    private static final Outcome OUTCOME = load();

    private static Outcome load() {
      try {
        OrtEnvironment environment = RuntimeLibraries.load(Loaded::loadOnLargeStack);
        EnvironmentHold.take();
        EnvironmentHold.deleteUnusedDirectory();
        environment.setTelemetry(false);
        return new Outcome(environment, null);
      } catch (LinkageError | RuntimeException | IOException | OrtException e) {
        return new Outcome(null, e);
      }
    }

    private static OrtEnvironment loadOnLargeStack() {
      FutureTask<OrtEnvironment> loading = new FutureTask<>(OrtEnvironment::getEnvironment);
      new Thread(null, loading, "longcat-onnx-loading", LOADING_STACK_BYTES).start();
      boolean interrupted = false;
      while (true) {
        try {
          OrtEnvironment environment = loading.get();
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
          return environment;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException(e.getCause());
        }
      }
    }
  }

  static OrtSession.SessionOptions options(int threads, Device device, String description)
      throws OrtException {
    if (threads < 1) {
      throw new IllegalArgumentException(description + " cannot run on " + threads + " threads");
    }
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    try {
      options.setLoggerId(description);
      options.setSessionLogLevel(
          LOG.isTraceEnabled()
              // Tells which operator runs where.
              ? OrtLoggingLevel.ORT_LOGGING_LEVEL_VERBOSE
              : OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setDeterministicCompute(true);
      // Shapes differ from run to run: a remembered pattern for each would only grow.
      options.setMemoryPatternOptimization(false);
      // The language model wants the cores as soon as a run ends.
      options.addConfigEntry("session.force_spinning_stop", "1");
      if (device.isGpu()) {
        CudaSettings.addTo(options, environment(), device, description);
      }
      return options;
    } catch (OrtException | RuntimeException e) {
      options.close();
      throw e;
    }
  }

  static OrtSession.RunOptions runOptions(Device device) throws OrtException {
    OrtSession.RunOptions options = new OrtSession.RunOptions();
    try {
      // A two-minute sound must not keep its peak of memory for ever.
      String arenas = device.isGpu() ? "cpu:0;gpu:" + device.number() : "cpu:0";
      options.addRunConfigEntry("memory.enable_memory_arena_shrinkage", arenas);
      return options;
    } catch (OrtException e) {
      options.close();
      throw e;
    }
  }
}
