package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A device that is open. Thread-safe: one call is made at a time, and closing waits for it.
 * Addresses may only be read inside an operation, where nothing is freed; what reads an address
 * throws if it was freed before.
 */
final class CudaContext implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final int LONGEST_MESSAGE = 4096;

  private final State state;
  private final Turn turn;

  /** What happens on the host beside the operations that are being kept; null when none are. */
  private @Nullable List<Runnable> kept;

  private final Cleaner.Cleanable cleanable;

  private CudaContext(State state) {
    this.state = state;
    this.turn = new Turn();
    this.cleanable = CLEANER.register(this, state);
  }

  /**
   * What is opened.
   *
   * @param name of the backend
   * @param machine that has the device
   * @param device its number
   * @param numerics how exactly it computes
   * @param firstBytes taken of its memory at once
   * @param mostBytes taken of it in all, or 0 for all that is free, less a reserve
   */
  record Options(
      String name,
      Machine machine,
      int device,
      Numerics numerics,
      long firstBytes,
      long mostBytes) {}

  /**
   * Opens a device.
   *
   * @throws BackendException if it does not work, with the reason
   */
  static CudaContext open(Options options) {
    State state = new State(options.name(), options.machine().createBackend());
    try {
      state.open(options);
      return new CudaContext(state);
    } catch (RuntimeException | Error e) {
      state.run();
      throw e;
    }
  }

  /** What a native backend failed at last. */
  static String told(long backend) {
    byte[] text = new byte[LONGEST_MESSAGE];
    int length = Math.max(0, CudaCalls.message(backend, text, text.length));
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  private static int code(Numerics numerics) {
    return switch (numerics) {
      case EXACT -> 0;
      case BF16 -> 1;
      case FP8 -> 2;
    };
  }

  DeviceFacts facts() {
    return state.facts;
  }

  /** Begins an operation, alone until it is closed; operations do not nest. */
  Turn begin(String operation) {
    state.lock.lock();
    try {
      state.requireOpen();
    } catch (BackendException e) {
      state.lock.unlock();
      throw e;
    }
    turn.operation = operation;
    return turn;
  }

  /** Does something that goes with an operation, now and whenever the operation is repeated. */
  void also(Runnable effect) {
    effect.run();
    if (kept != null) {
      kept.add(effect);
    }
  }

  /** Adds what goes with operations to a list, from now on. */
  void keep(List<Runnable> effects) {
    kept = effects;
  }

  /** Ends {@link #keep}. */
  void keepNothing() {
    kept = null;
  }

  void requireOpen() {
    begin("requireOpen").close();
  }

  /** Zeroed memory that lives until it is freed, its owner is unreachable, or this is closed. */
  CudaMemory allocate(String what, long bytes) {
    return own(what, backend -> CudaCalls.allocate(backend, bytes), CudaCalls::free);
  }

  /** Memory of a direct buffer, which is held like memory of this context. */
  CudaMemory borrow(String what, ByteBuffer buffer) {
    return own(
        what,
        backend -> CudaCalls.share(backend, buffer, buffer.capacity()),
        (backend, address) -> CudaCalls.unshare(backend, buffer));
  }

  /** Does something more when this is closed. */
  void atClose(Runnable task) {
    try (Turn open = begin("atClose")) {
      open.add(task);
    }
  }

  /** Something that a call makes of the native backend, and another frees. */
  CudaMemory own(String what, LongUnaryOperator call, CudaMemory.Freeing freeing) {
    try (Turn open = begin(what)) {
      long address = open.made(call.applyAsLong(state.backend));
      CudaMemory.Release release = new CudaMemory.Release(state, address, freeing);
      state.owned.add(release);
      return new CudaMemory(what, release, CLEANER);
    }
  }

  @Override
  public void close() {
    cleanable.clean();
  }

  /** The operation that is running; one object for all of them, so that none makes garbage. */
  final class Turn implements AutoCloseable {
    private final HostBuffer host = new HostBuffer();
    private String operation = "";

    private Turn() {}

    private void add(Runnable task) {
      state.tasks.add(task);
    }

    /** For numbers of this operation. */
    HostBuffer host() {
      return host;
    }

    /** The native backend. */
    long backend() {
      return state.backend;
    }

    /** Where a tensor of this backend begins. */
    long at(Tensor tensor) {
      return CudaTensor.of(tensor, CudaContext.this).address();
    }

    /** Numbers of F32 from one row of a tensor to the next. */
    long stride(Tensor tensor) {
      ShapeRules.wholeNumbers(tensor);
      return rowBytes(tensor) / Float.BYTES;
    }

    /** Bytes from one row of a tensor to the next. */
    long rowBytes(Tensor tensor) {
      return CudaTensor.of(tensor, CudaContext.this).rowBytes();
    }

    /** A weight of this backend; 0 for none. */
    long at(@Nullable Weight weight) {
      return weight == null ? 0 : CudaWeight.of(weight, CudaContext.this).handle();
    }

    /** Takes what a native call returned. */
    void end(int status) {
      if (status == CudaCalls.MISFIT) {
        throw new IllegalArgumentException(operation + ": the arguments do not fit each other");
      }
      if (status != CudaCalls.OK) {
        throw failed();
      }
    }

    /** Takes what a native call made. */
    long made(long handle) {
      if (handle == 0) {
        throw failed();
      }
      return handle;
    }

    private BackendException failed() {
      return new BackendException(operation + ": the " + state.name + " backend: " + state.told());
    }

    @Override
    public void close() {
      state.lock.unlock();
    }
  }

  /** What is freed at the end; knows nothing of its owner. */
  static final class State implements Runnable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<CudaMemory.Release> owned = new HashSet<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private final String name;
    private DeviceFacts facts = DeviceFacts.UNKNOWN;
    private long backend;

    private State(String name, long backend) {
      this.name = name;
      this.backend = backend;
    }

    private void open(Options options) {
      lock.lock();
      try {
        if (backend == 0) {
          throw new BackendException("the " + name + " backend found no memory to start with");
        }
        DeviceFacts found = DeviceFacts.of(backend, options.device(), this::told);
        facts = found;
        found.requireNumerics(options.numerics());
        ByteBuffer image = options.machine().kind().image(found);
        int status =
            CudaCalls.openDevice(
                backend,
                options.device(),
                code(options.numerics()),
                options.firstBytes(),
                options.mostBytes(),
                image,
                image == null ? 0 : image.capacity());
        if (status != CudaCalls.OK) {
          throw new BackendException(found.name() + " could not be opened: " + told());
        }
      } finally {
        lock.unlock();
      }
    }

    /** What failed last. */
    private String told() {
      return CudaContext.told(backend);
    }

    private void requireOpen() {
      if (backend == 0) {
        throw new BackendException("the " + name + " backend was used after it was closed");
      }
    }

    void free(CudaMemory.Release release) {
      lock.lock();
      try {
        if (owned.remove(release)) {
          release.free(backend);
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void run() {
      lock.lock();
      try {
        if (backend != 0) {
          CudaCalls.closeBackend(backend);
        }
        backend = 0;
        owned.forEach(CudaMemory.Release::lose);
        owned.clear();
        tasks.forEach(Runnable::run);
        tasks.clear();
      } finally {
        lock.unlock();
      }
    }
  }
}
