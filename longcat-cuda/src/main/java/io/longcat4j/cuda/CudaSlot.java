package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.PeerSlot;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongToIntFunction;

/**
 * Memory of one device that others read. Thread-safe; freed when the backend that made it and all
 * that see it have closed.
 */
final class CudaSlot implements PeerSlot {
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
    owner.atClose(handle::release);
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
    return context.own("slot of another device", handle::join, (backend, address) -> {});
  }

  @Override
  public void fill(Stream stream) {
    CudaStream known = CudaStream.of(stream, owner);
    try (CudaContext.Turn turn = owner.begin("fill a slot")) {
      turn.end(handle.use(slot -> CudaCalls.slotFill(known.handle(), slot)));
    }
  }

  @Override
  public void await(Stream stream) {
    CudaStream known = CudaStream.of(stream);
    try (CudaContext.Turn turn = known.context().begin("await a slot")) {
      turn.end(handle.use(slot -> CudaCalls.slotAwait(known.handle(), slot)));
    }
  }

  /** What the owner's closing takes from under the others. */
  private static final class Handle {
    private long slot;

    Handle(long slot) {
      this.slot = slot;
    }

    synchronized long join(long backend) {
      return CudaCalls.slotJoin(backend, open());
    }

    synchronized int use(LongToIntFunction call) {
      return call.applyAsInt(open());
    }

    private long open() {
      if (slot == 0) {
        throw new BackendException("memory of another rank's GPU was used after that had closed");
      }
      return slot;
    }

    synchronized void release() {
      if (slot != 0) {
        CudaCalls.slotRelease(slot);
      }
      slot = 0;
    }
  }
}
