package io.longcat4j.compute.cpu;

import io.longcat4j.BackendException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Owns native memory, or holds a buffer. Freed by {@link #close}, or when nothing refers to it any
 * more.
 */
final class CpuMemory implements AutoCloseable {
  private final String what;
  private final Release release;
  private final Cleaner.Cleanable cleanable;

  CpuMemory(String what, Release release, Cleaner cleaner) {
    this.what = what;
    this.release = release;
    this.cleanable = cleaner.register(this, release);
  }

  /** Where it starts; inside an operation only. */
  long address() {
    requireAlive();
    return release.address;
  }

  /** Inside an operation only. */
  void requireAlive() {
    if (release.address == 0) {
      throw new BackendException("a " + what + " was used after it was closed");
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    cleanable.clean();
  }

  /** What is done at the end; knows nothing of its owner. */
  static final class Release implements Runnable {
    private final CpuContext.State state;
    private long address;
    private @Nullable ByteBuffer borrowed;

    Release(CpuContext.State state, long address) {
      this(state, address, null);
    }

    /** Of memory that belongs to a buffer, where there is one. */
    Release(CpuContext.State state, long address, @Nullable ByteBuffer borrowed) {
      this.state = state;
      this.address = address;
      this.borrowed = borrowed;
    }

    @Override
    public void run() {
      state.free(this);
    }

    /** Called under the context's lock. */
    void free() {
      if (borrowed == null) {
        CpuKernels.free(address);
      }
      address = 0;
      borrowed = null;
    }
  }
}
