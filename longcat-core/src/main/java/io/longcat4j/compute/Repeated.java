package io.longcat4j.compute;

/**
 * Operations that come again, pass after pass, so that a backend may keep them as one and queue
 * them at once. Made by {@link Stream#repeated}, owned by whoever asked for it, used by the thread
 * that uses the stream, and closed before what the operations work with.
 */
public interface Repeated extends AutoCloseable {
  /**
   * Queues operations. They have the results, bit for bit, that they have alone.
   *
   * @param plan of the rows of this pass; for as many rows as before the operations have to be
   *     those of before: over the same tensors, weights and picks, in the same order
   * @param operations queues them on the stream that this is of, and on others between an {@link
   *     Stream#await} for that stream and one of that stream for them. They neither read from nor
   *     write to the host, and take no ids. Not called where the backend knows them
   */
  void run(RowPlan plan, Runnable operations);

  /** Forgets what was kept; idempotent. */
  @Override
  void close();

  /** Operations that are queued one by one every time. */
  final class OneByOne implements Repeated {
    @Override
    public void run(RowPlan plan, Runnable operations) {
      operations.run();
    }

    @Override
    public void close() {}
  }
}
