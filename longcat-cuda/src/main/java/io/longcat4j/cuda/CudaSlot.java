package io.longcat4j.cuda;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.PeerSlot;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import java.lang.ref.Cleaner;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Memory of one device that others read. Thread-safe; freed when nobody holds it any more. */
final class CudaSlot implements PeerSlot {
  private static final Cleaner CLEANER = Cleaner.create();

  private final CudaContext owner;
  private final long floats;
  private final Handle handle;
  private final Map<CudaContext, CudaMemory> seen = new ConcurrentHashMap<>();

  CudaSlot(CudaContext owner, int floats) {
    this.owner = owner;
    this.floats = floats;
    try (CudaContext.Turn turn = owner.begin("openSlot")) {
      long bytes = Math.max(1, floats) * (long) Float.BYTES;
      this.handle = new Handle(turn.made(CudaCalls.slotOpen(turn.backend(), bytes)));
    }
    CLEANER.register(this, handle);
  }

  @Override
  public Tensor view(ComputeBackend viewer, int rows, int columns) {
    CudaContext context = CudaBackend.contextOf(viewer);
    if ((long) rows * columns > floats) {
      throw new IllegalArgumentException(
          "a slot of %d numbers does not have [%d, %d]".formatted(floats, rows, columns));
    }
    CudaMemory memory = seen.computeIfAbsent(context, this::join);
    return CudaTensor.window(context, memory, RowFormat.F32, rows, columns);
  }

  private CudaMemory join(CudaContext context) {
    return context.own(
        "slot of another device",
        backend -> CudaCalls.slotJoin(backend, handle.slot),
        (backend, address) -> {});
  }

  @Override
  public void fill(Stream stream) {
    CudaStream known = CudaStream.of(stream, owner);
    try (CudaContext.Turn turn = owner.begin("fill a slot")) {
      turn.end(CudaCalls.slotFill(known.handle(), handle.slot));
    }
  }

  @Override
  public void await(Stream stream) {
    CudaStream known = CudaStream.of(stream);
    try (CudaContext.Turn turn = known.context().begin("await a slot")) {
      turn.end(CudaCalls.slotAwait(known.handle(), handle.slot));
    }
  }

  /** Knows nothing of its owner. */
  private record Handle(long slot) implements Runnable {
    @Override
    public void run() {
      CudaCalls.slotRelease(slot);
    }
  }
}
