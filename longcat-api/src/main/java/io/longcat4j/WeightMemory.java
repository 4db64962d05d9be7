package io.longcat4j;

import java.util.Objects;

/**
 * How the weights of the language model come from disk into memory, and whether they stay there.
 * They are always memory-mapped: nothing is copied, and processes that load the same checkpoint
 * share one copy. No choice changes a result.
 *
 * <p>Encoders and voice are opened when something is seen, heard or spoken for the first time, so
 * that whoever only writes pays for none; with {@link Mode#PRELOADED} and {@link Mode#LOCKED}, and
 * where one of them computes on a GPU, their files are read and checked before {@code build()}
 * returns. On the processor ONNX Runtime copies their weights with the first run in any case.
 *
 * @param mode when the pages come
 * @param hugePages whether the system is asked to use huge pages for the weights; it may decline,
 *     as Linux does for most file systems
 */
public record WeightMemory(Mode mode, boolean hugePages) {

  /** When the pages of the weights come. */
  public enum Mode {
    /** Each when it is first touched: the first tokens wait for the disk again and again. */
    ON_DEMAND,
    /** All of them in the background, from loading on. */
    READ_AHEAD,
    /** All of them before {@code build()} returns, which reports the bytes. */
    PRELOADED,
    /**
     * As {@link #PRELOADED}, and the system may not take them away again. Where the limit for
     * locked memory is too low, a warning tells how to raise it and they are preloaded.
     */
    LOCKED
  }

  /** Checks the component. */
  public WeightMemory {
    Objects.requireNonNull(mode, "mode");
  }

  /**
   * Nothing is read before it is needed.
   *
   * @return the choice for a model that does not fit into memory, or is used for a few tokens
   */
  public static WeightMemory onDemand() {
    return new WeightMemory(Mode.ON_DEMAND, /* hugePages= */ false);
  }

  /**
   * Everything is read in the background; {@code build()} does not wait. Nothing is read ahead
   * where the weights are larger than the machine's memory.
   *
   * @return the default
   */
  public static WeightMemory readAhead() {
    return new WeightMemory(Mode.READ_AHEAD, /* hugePages= */ false);
  }

  /**
   * Everything is in memory when {@code build()} returns.
   *
   * @return the choice for a service whose first answer shall be as quick as the others
   */
  public static WeightMemory preloaded() {
    return new WeightMemory(Mode.PRELOADED, /* hugePages= */ false);
  }

  /**
   * Everything is in memory when {@code build()} returns, and stays there until the model is
   * closed.
   *
   * @return the choice for a service on a machine with other work
   */
  public static WeightMemory locked() {
    return new WeightMemory(Mode.LOCKED, /* hugePages= */ false);
  }

  /**
   * The same, with huge pages where the system gives them.
   *
   * @return a new value
   */
  public WeightMemory withHugePages() {
    return new WeightMemory(mode, /* hugePages= */ true);
  }
}
