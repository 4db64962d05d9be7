package io.longcat4j.cli.verify;

/** One part of the library that a golden folder has expectations for. */
public interface Stage extends AutoCloseable {
  /**
   * What the report calls it.
   *
   * @return a word
   */
  String name();

  /**
   * Whether this stage answers for an entry.
   *
   * @param entry a tensor's name, or a JSON entry's as {@link Golden#entries()} names it
   * @return true if the stage must use or compare it
   */
  boolean covers(String entry);

  /**
   * Computes and compares.
   *
   * @param comparison gives inputs and takes results
   * @throws io.longcat4j.LongCatException if the stage cannot run; its entries then count as
   *     missing
   */
  void run(Comparison comparison);

  /** Frees what the stage holds, which it may share with others; idempotent. */
  @Override
  default void close() {}
}
