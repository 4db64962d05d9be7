package io.longcat4j.decode;

/** Asked before every piece of work whether to go on. */
@FunctionalInterface
public interface Cancellation {
  /**
   * Returns to go on.
   *
   * @throws io.longcat4j.GenerationCancelledException to stop, with the reason
   */
  void check();
}
