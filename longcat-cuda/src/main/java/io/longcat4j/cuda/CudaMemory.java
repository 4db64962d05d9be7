package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import java.lang.ref.Cleaner;

/** Owns something of a backend. Freed by {@link #close}, or when nothing refers to it any more. */
final class CudaMemory implements AutoCloseable {
  private final String what;
  private final Release release;
  private final Cleaner.Cleanable cleanable;

  CudaMemory(String what, Release release, Cleaner cleaner) {
    this.what = what;
    this.release = release;
    this.cleanable = cleaner.register(this, release);
  }

  /** Where it starts, or its handle; inside an operation only. */
  long address() {
    if (release.address == 0) {
      throw new BackendException("a " + what + " was used after it was closed");
    }
    return release.address;
  }

  /** Idempotent. */
  @Override
  public void close() {
    cleanable.clean();
  }

  /** How it is given back. */
  @FunctionalInterface
  interface Freeing {
    void free(long backend, long address);
  }

  /** What is done at the end; knows nothing of its owner. */
  static final class Release implements Runnable {
    private final CudaContext.State state;
    private final Freeing freeing;
    private long address;

    Release(CudaContext.State state, long address, Freeing freeing) {
      this.state = state;
      this.address = address;
      this.freeing = freeing;
    }

    @Override
    public void run() {
      state.free(this);
    }

    /** Called under the context's lock, while the backend is open. */
    void free(long backend) {
      if (address != 0) {
        freeing.free(backend, address);
      }
      address = 0;
    }

    /** Called under the context's lock, when the backend has freed everything. */
    void lose() {
      address = 0;
    }
  }
}
