package io.longcat4j.parallel;

/**
 * What collectives of a rank have cost.
 *
 * @param collectives how many were called
 * @param bytes of this rank's tensors that went into them
 * @param nanos spent in them, waiting and summing included
 * @param waitingNanos of those, spent in waiting for other ranks and for what they send
 */
public record Figures(long collectives, long bytes, long nanos, long waitingNanos) {
  /** Nothing yet. */
  public static final Figures NONE = new Figures(0, 0, 0, 0);
}
