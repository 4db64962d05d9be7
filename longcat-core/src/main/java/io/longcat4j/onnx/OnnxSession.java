package io.longcat4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.longcat4j.BackendException;
import io.longcat4j.Device;
import io.longcat4j.LongCatException;
import io.longcat4j.natives.NativeWork;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.tensor.Shape;
import java.lang.ref.Cleaner;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A graph in ONNX Runtime, loaded at once or when it is first run. Thread-safe: runs may overlap.
 * {@link #close} waits for runs in progress and may be called again; a run after it fails. The same
 * inputs give the same outputs for the same number of threads.
 *
 * <p>A run that is in progress when the JVM ends is no danger; see {@code EnvironmentHold}.
 */
public final class OnnxSession implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final String description;
  private final Device device;
  private final int threads;
  private final ReentrantReadWriteLock lifetime = new ReentrantReadWriteLock();
  private final Object loading = new Object();
  private @Nullable OnnxGraph waiting;
  private volatile @Nullable Loaded loaded;
  private boolean closed;

  private OnnxSession(OnnxGraph graph, int threads, Device device, String description) {
    this.description = description;
    this.device = device;
    this.threads = threads;
    this.waiting = graph;
  }

  /** What ONNX Runtime made of the graph. */
  private record Loaded(
      OrtEnvironment environment, OrtSession session, Cleaner.Cleanable cleanable) {}

  /**
   * Loads a graph. ONNX Runtime copies the weights, so that neither the graph nor the checkpoint's
   * files are needed afterwards.
   *
   * @param graph what to run
   * @param threads threads for one run, at least 1
   * @param device where to run; operators that a GPU cannot run stay on the processor
   * @param description for messages, for example {@code audio encoder}
   * @return the session, owned by the caller
   * @throws BackendException if the device is not available or the graph is refused
   */
  public static OnnxSession open(OnnxGraph graph, int threads, Device device, String description) {
    OnnxSession session = onFirstRun(graph, threads, device, description);
    session.loaded();
    return session;
  }

  /**
   * Takes a graph that is loaded when it is first run, so that who never runs it pays nothing.
   * Until then the checkpoint's files stay mapped. A graph for a GPU is loaded now: what a GPU
   * lacks shall be known at once.
   *
   * @param graph what to run
   * @param threads threads for one run, at least 1
   * @param device where to run, as {@link #open} takes it
   * @param description for messages, for example {@code audio encoder}
   * @return the session, owned by the caller; its first run may fail as {@link #open} does
   * @throws BackendException if the device is a GPU that is not available or refuses the graph
   */
  public static OnnxSession onFirstRun(
      OnnxGraph graph, int threads, Device device, String description) {
    OnnxSession session = new OnnxSession(graph, threads, device, description);
    if (device.isGpu()) {
      session.loaded();
    }
    return session;
  }

  private Loaded loaded() {
    Loaded known = loaded;
    if (known != null) {
      return known;
    }
    synchronized (loading) {
      if (loaded == null) {
        loaded = load(Objects.requireNonNull(waiting, "loaded once"));
        waiting = null;
      }
      return Objects.requireNonNull(loaded);
    }
  }

  private Loaded load(OnnxGraph graph) {
    OrtEnvironment environment = SessionSettings.environment();
    Map<String, OnnxTensor> weights = new HashMap<>();
    try (OrtSession.SessionOptions options =
        SessionSettings.options(threads, device, description)) {
      if (graph.ownOperators()) {
        options.registerCustomOpLibrary(OperatorLibrary.path().orElseThrow());
      }
      for (Map.Entry<String, Weights> weight : graph.weights().entrySet()) {
        weights.put(weight.getKey(), weight.getValue().toTensor(environment));
      }
      if (!weights.isEmpty()) {
        options.addExternalInitializers(new HashMap<>(weights));
      }
      OrtSession session = environment.createSession(graph.model(), options);
      return new Loaded(environment, session, CLEANER.register(this, new Release(session)));
    } catch (OrtException e) {
      if (device.isGpu()) {
        throw CudaSettings.failed(device, description, e);
      }
      throw new BackendException(
          description + ": ONNX Runtime refuses the graph (" + e.getMessage() + ")", e);
    } catch (OutOfMemoryError e) {
      throw new BackendException(
          description
              + ": the "
              + graph.parameters()
              + " weights do not fit into direct memory while loading; raise the heap with -Xmx or"
              + " set -XX:MaxDirectMemorySize",
          e);
    } finally {
      weights.values().forEach(OnnxTensor::close);
    }
  }

  /**
   * Where runs are computed, for a person to read.
   *
   * @param device as {@link #open} takes it
   * @param threads as {@link #open} takes them
   * @return for example {@code 8 threads} or {@code cuda:0}
   */
  public static String place(Device device, int threads) {
    return device.isGpu() ? device.toString() : threads + " threads";
  }

  /**
   * Computes all outputs.
   *
   * @param inputs every input by name
   * @return every output by name, in heap buffers of their own
   * @throws BackendException if ONNX Runtime fails
   * @throws LongCatException if this session is closed
   */
  public Map<String, OnnxValue> run(Map<String, OnnxValue> inputs) {
    lifetime.readLock().lock();
    try (OrtSession.RunOptions options = begin()) {
      return runOpen(inputs, options);
    } catch (OrtException e) {
      throw failed(e);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  /**
   * Computes all outputs unless that is not wanted any more. A run is given up at its next
   * operator.
   *
   * @param inputs every input by name
   * @param wanted asked on this thread, before and while it runs
   * @return every output by name, in heap buffers of their own
   * @throws BackendException if ONNX Runtime fails
   * @throws LongCatException if this session is closed
   */
  public Map<String, OnnxValue> run(Map<String, OnnxValue> inputs, Cancellation wanted) {
    lifetime.readLock().lock();
    try (OrtSession.RunOptions options = begin()) {
      CountDownLatch ended = new CountDownLatch(1);
      return NativeWork.run(
          () -> {
            try {
              return runOpen(inputs, options);
            } finally {
              ended.countDown();
            }
          },
          "onnx",
          wanted,
          () -> stop(options, ended));
    } catch (OrtException e) {
      throw failed(e);
    } finally {
      lifetime.readLock().unlock();
    }
  }

  private OrtSession.RunOptions begin() throws OrtException {
    requireOpen();
    loaded();
    return SessionSettings.runOptions(device);
  }

  /** Returns when the run has ended, because it uses what is freed then. */
  private void stop(OrtSession.RunOptions options, CountDownLatch ended) {
    try {
      options.setTerminate(true);
    } catch (OrtException e) {
      throw failed(e);
    } finally {
      awaitEnd(ended);
    }
  }

  private static void awaitEnd(CountDownLatch ended) {
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Computes the only output of a graph that has one, as F32 numbers.
   *
   * @param inputs every input by name
   * @return the output
   * @throws BackendException if ONNX Runtime fails
   * @throws LongCatException if this session is closed
   */
  public OnnxValue.Floats runForFloats(Map<String, OnnxValue> inputs) {
    Map<String, OnnxValue> outputs = run(inputs);
    if (outputs.size() == 1
        && outputs.values().iterator().next() instanceof OnnxValue.Floats floats) {
      return floats;
    }
    throw new IllegalStateException(description + " has not one F32 output: " + outputs.keySet());
  }

  /** Waits for runs in progress and frees native memory. Further calls do nothing. */
  @Override
  public void close() {
    lifetime.writeLock().lock();
    try {
      closed = true;
      waiting = null;
      if (loaded != null) {
        loaded.cleanable.clean();
      }
    } finally {
      lifetime.writeLock().unlock();
    }
  }

  private Map<String, OnnxValue> runOpen(
      Map<String, OnnxValue> inputs, OrtSession.RunOptions options) {
    Loaded ready = loaded();
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (Map.Entry<String, OnnxValue> input : inputs.entrySet()) {
        tensors.put(input.getKey(), toTensor(ready.environment, input.getValue()));
      }
      try (OrtSession.Result result = ready.session.run(tensors, options)) {
        Map<String, OnnxValue> outputs = new LinkedHashMap<>();
        for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
          outputs.put(output.getKey(), fromTensor((OnnxTensor) output.getValue()));
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw failed(e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private BackendException failed(OrtException e) {
    if (device.isGpu()) {
      return CudaSettings.failed(device, description, e);
    }
    return new BackendException(description + ": the run failed (" + e.getMessage() + ")", e);
  }

  private static OnnxTensor toTensor(OrtEnvironment environment, OnnxValue value)
      throws OrtException {
    long[] dims = value.shape().dims();
    if (value instanceof OnnxValue.Floats floats) {
      return OnnxTensor.createTensor(environment, floats.values().duplicate(), dims);
    }
    return OnnxTensor.createTensor(
        environment, ((OnnxValue.Longs) value).values().duplicate(), dims);
  }

  private OnnxValue fromTensor(OnnxTensor tensor) {
    Shape shape = Shape.of(tensor.getInfo().getShape());
    return switch (tensor.getInfo().type) {
      case FLOAT -> new OnnxValue.Floats(tensor.getFloatBuffer(), shape);
      case INT64 -> new OnnxValue.Longs(tensor.getLongBuffer(), shape);
      default ->
          throw new IllegalStateException(
              description + ": an output is " + tensor.getInfo().type + ", not F32 or INT64");
    };
  }

  private void requireOpen() {
    if (closed) {
      throw new LongCatException(
          description + " is closed; keep the engine open while requests run");
    }
  }

  private record Release(OrtSession session) implements Runnable {
    @Override
    public void run() {
      try {
        session.close();
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
