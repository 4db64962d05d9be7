package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import io.longcat4j.Gpus;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.DeviceMemory;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The devices that the backends of one provider share: ranks of one process see each other's only
 * if they came from the same. Thread-safe.
 */
final class Machine {
  private static final Cleaner CLEANER = Cleaner.create();

  /** What the driver and its modules need beside the memory that is taken. */
  private static final long RESERVE = 512L << 20;

  private final DeviceKind kind;
  private @Nullable Handle handle;

  Machine(DeviceKind kind) {
    this.kind = kind;
  }

  DeviceKind kind() {
    return kind;
  }

  /** A native backend over the driver, or 0; to be closed by the caller. */
  synchronized long createBackend() {
    if (handle == null) {
      CudaLibrary.load();
      handle = new Handle(kind.openMachine());
      CLEANER.register(this, handle);
    }
    return handle.machine == 0 ? 0 : CudaCalls.create(handle.machine);
  }

  /**
   * The device that a rank has.
   *
   * @throws BackendException if there are fewer than ranks, and they shall not share
   */
  int deviceOf(BackendRequest request) {
    List<Integer> known = named(request.gpus(), request.ranks());
    return known.get(request.rank() % known.size());
  }

  /** What each rank of this host finds. */
  List<DeviceMemory> devices(Gpus gpus, int ranks) {
    List<Integer> known = named(gpus, ranks);
    List<DeviceMemory> memories = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      int device = known.get(rank % known.size());
      DeviceFacts facts = facts(device);
      int sharing = (ranks - rank % known.size() - 1) / known.size() + 1;
      long free = Math.min(free(facts) / sharing, most(gpus));
      memories.add(new DeviceMemory(device, facts.name(), facts.totalBytes(), free));
    }
    return memories;
  }

  /** What a rank may take of its device now; ranks that share one have agreed on less before. */
  long freeBytes(int device, Gpus gpus) {
    return Math.min(free(facts(device)), most(gpus));
  }

  private static long most(Gpus gpus) {
    return gpus.memoryBytes().orElse(Long.MAX_VALUE);
  }

  /** Of a small device the half. */
  private static long free(DeviceFacts facts) {
    return Math.max(facts.freeBytes() - RESERVE, facts.freeBytes() / 2);
  }

  private List<Integer> named(Gpus gpus, int ranks) {
    int there = ask(Machine::count);
    List<Integer> known = new ArrayList<>(gpus.numbers());
    for (int device = 0; gpus.numbers().isEmpty() && device < there; device++) {
      known.add(device);
    }
    for (int device : known) {
      if (device >= there) {
        throw new BackendException(
            "GPU %d was named, but there %s, counted from 0"
                .formatted(device, there == 1 ? "is 1" : "are " + there));
      }
    }
    if (known.size() < ranks && !gpus.shared()) {
      throw new BackendException(
          "%d ranks of this host need a GPU each, but there %s; use fewer ranks, or let them share"
                  .formatted(ranks, known.size() == 1 ? "is 1" : "are " + known.size())
              + " devices by Gpus.sharing()");
    }
    return known;
  }

  /**
   * What the driver tells of a device now.
   *
   * @throws BackendException if there is no driver or no such device
   */
  DeviceFacts facts(int device) {
    return ask(backend -> DeviceFacts.of(backend, device, () -> CudaContext.told(backend)));
  }

  private static int count(long backend) {
    int count = CudaCalls.deviceCount(backend);
    if (count <= 0) {
      throw new BackendException(
          count < 0 ? CudaContext.told(backend) : "the NVIDIA driver has no device; add one");
    }
    return count;
  }

  private <T> T ask(LongFunction<T> question) {
    long backend = createBackend();
    if (backend == 0) {
      throw new BackendException("no memory to ask the driver of GPUs");
    }
    try {
      return question.apply(backend);
    } finally {
      CudaCalls.closeBackend(backend);
    }
  }

  /** Knows nothing of its owner. */
  private static final class Handle implements Runnable {
    private final long machine;

    Handle(long machine) {
      this.machine = machine;
    }

    @Override
    public void run() {
      if (machine != 0) {
        CudaCalls.machineClose(machine);
      }
    }
  }
}
