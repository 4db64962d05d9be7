package io.longcat4j.compute.cpu;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.ShapeRules;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Kernels, threads and memory of one backend. Thread-safe: one operation runs at a time, on all
 * threads, and closing waits for it; only experts go on beside others until they are ended.
 * Addresses may only be read inside an operation, where nothing is freed, and nothing is freed
 * before experts have ended; what reads an address throws if it was freed before.
 */
final class CpuContext implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  /** From here on, what pages are rounded up to is small against what they save. */
  private static final long LARGE_BYTES = 32 << 20;

  private final State state;
  private final Turn turn;
  private final Cleaner.Cleanable cleanable;

  CpuContext(InstructionSet instructionSet, Numerics numerics, int threads, boolean pinned) {
    long address =
        CpuKernels.contextOpen(instructionSet.code(), code(numerics), threads, pinned ? 1 : 0);
    if (address == 0) {
      throw new BackendException(
          "the cpu backend could not start "
              + threads
              + " threads; ask for fewer or raise the process's limit");
    }
    this.state = new State(address);
    this.turn = new Turn();
    this.cleanable = CLEANER.register(this, state);
  }

  /** How {@code longcat_cpu.h} names it. */
  private static int code(Numerics numerics) {
    return switch (numerics) {
      case EXACT -> 0;
      case BF16 -> 1;
      case FP8 -> 2;
    };
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

  /** The CPU that a thread is bound to, or why to none; see {@link CpuKernels#contextCpu}. */
  int cpuOf(int thread) {
    try (Turn open = begin("cpuOf")) {
      return CpuKernels.contextCpu(open.context(), thread);
    }
  }

  void requireOpen() {
    state.lock.lock();
    try {
      state.requireOpen();
    } finally {
      state.lock.unlock();
    }
  }

  /** Zeroed memory that lives until it is freed, its owner is unreachable, or this is closed. */
  CpuMemory allocate(String what, long bytes) {
    long address = make(what, bytes, () -> CpuKernels.allocate(bytes));
    if (bytes >= LARGE_BYTES) {
      NativePages pages = NativePages.INSTANCE;
      pages.hugePages(PageRange.within(address, bytes, pages.pageBytes()));
    }
    CpuMemory.Release release = new CpuMemory.Release(state, address);
    state.add(release);
    return new CpuMemory(what, release, CLEANER);
  }

  /** Memory of a buffer, which is held like memory of this context. */
  CpuMemory borrow(String what, ByteBuffer buffer) {
    long address = make(what, 0, () -> CpuKernels.addressOf(buffer));
    CpuMemory.Release release = new CpuMemory.Release(state, address, buffer);
    state.add(release);
    return new CpuMemory(what, release, CLEANER);
  }

  /** Native memory of a weight, and the buffers it points into, which live until this is closed. */
  long keepWeight(Weight weight, List<ByteBuffer> buffers, LongSupplier open) {
    long address = make("weight " + weight, 0, open);
    state.lock.lock();
    try {
      state.weights.add(address);
      state.buffers.addAll(buffers);
    } finally {
      state.lock.unlock();
    }
    return address;
  }

  /** The weights' bytes so far, where they are mapped. */
  List<ByteBuffer> weightBytes() {
    state.lock.lock();
    try {
      state.requireOpen();
      return List.copyOf(state.buffers);
    } finally {
      state.lock.unlock();
    }
  }

  private long make(String what, long bytes, LongSupplier call) {
    state.lock.lock();
    try {
      state.requireOpen();
      long address = call.getAsLong();
      if (address == 0) {
        throw new BackendException(
            "the cpu backend could not get "
                + bytes
                + " bytes of memory for a "
                + what
                + "; free memory, or use a smaller context or batch");
      }
      return address;
    } finally {
      state.lock.unlock();
    }
  }

  static void check(String operation, int status) {
    if (status == CpuKernels.OUT_OF_MEMORY) {
      throw new BackendException(
          operation + ": the cpu backend ran out of memory; use a smaller context or batch");
    }
    if (status != CpuKernels.OK) {
      throw new IllegalArgumentException(operation + ": the arguments do not fit each other");
    }
  }

  @Override
  public void close() {
    cleanable.clean();
  }

  /** The operation that is running; one object for all of them, so that none makes garbage. */
  final class Turn implements AutoCloseable {
    private String operation = "";

    private Turn() {}

    /** The native context. */
    long context() {
      return state.context;
    }

    /** Where a tensor of this backend begins. */
    long at(Tensor tensor) {
      return CpuTensor.of(tensor, CpuContext.this).address();
    }

    /** Numbers of F32 from one row of a tensor to the next. */
    long stride(Tensor tensor) {
      ShapeRules.wholeNumbers(tensor);
      return rowBytes(tensor) / Float.BYTES;
    }

    /** Bytes from one row of a tensor to the next. */
    long rowBytes(Tensor tensor) {
      return CpuTensor.of(tensor, CpuContext.this).rowBytes();
    }

    /** A weight of this backend; 0 for none. */
    long at(@Nullable Weight weight) {
      return CpuWeight.addressOf(weight, CpuContext.this);
    }

    /** Takes what the native call returned. */
    void end(int status) {
      check(operation, status);
    }

    @Override
    public void close() {
      state.lock.unlock();
    }
  }

  /** What is freed at the end; knows nothing of its owner. */
  static final class State implements Runnable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<CpuMemory.Release> memory = new HashSet<>();
    private final List<Long> weights = new ArrayList<>();
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private long context;

    private State(long context) {
      this.context = context;
    }

    private void requireOpen() {
      if (context == 0) {
        throw new BackendException("the cpu backend was used after it was closed");
      }
    }

    private void add(CpuMemory.Release release) {
      lock.lock();
      try {
        memory.add(release);
      } finally {
        lock.unlock();
      }
    }

    void free(CpuMemory.Release release) {
      lock.lock();
      try {
        if (context != 0) {
          CpuKernels.endExperts(context);
        }
        memory.remove(release);
        release.free();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void run() {
      lock.lock();
      try {
        CpuKernels.contextClose(context);
        context = 0;
        memory.forEach(CpuMemory.Release::free);
        memory.clear();
        weights.forEach(CpuKernels::weightClose);
        weights.clear();
        buffers.clear();
      } finally {
        lock.unlock();
      }
    }
  }
}
