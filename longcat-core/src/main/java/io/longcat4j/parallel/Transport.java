package io.longcat4j.parallel;

/** How partials move between the processes of ranks. Driven by the thread that drives its rank. */
public interface Transport {
  /**
   * Opens the slots of the next communicator; all ranks do.
   *
   * @param slotBytes of each slot, the same on all ranks
   * @param watch to be asked while waiting
   * @return the slots
   */
  Exchange open(int slotBytes, Watch watch);

  /**
   * Whether partials move by way of rank 0, as {@link Exchange#isCentral} says of what it opens.
   *
   * @return the same on every rank
   */
  boolean isCentral();

  /**
   * What it is.
   *
   * @return such as {@code TCP}
   */
  String describe();

  /**
   * Ends it; called once.
   *
   * @param isOrderly whether all ranks are alive and end it now
   */
  void end(boolean isOrderly);
}
