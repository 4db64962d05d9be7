package io.longcat4j.onnx;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Snake activation {@code x + inverse * sin(alpha * x)^2} as one operator of our own: it reads
 * and writes memory once, on all threads of a run, where standard operators take five passes and
 * ONNX Runtime's {@code Sin} one thread. Sines are within 3 units in the last place, for numbers of
 * any size. A number's result does not depend on its place or on the number of threads.
 *
 * <p>Graphs with it run on the processor. Immutable and thread-safe.
 */
public final class SnakeOperator {
  /** Kernels, the best last. */
  enum InstructionSet {
    GENERIC(0, "generic C++"),
    AVX2(1, "AVX2"),
    AVX512(2, "AVX-512");

    /** How {@code longcat_onnx.h} names it. */
    private final int code;

    private final String title;

    InstructionSet(int code, String title) {
      this.code = code;
      this.title = title;
    }
  }

  private final InstructionSet set;

  private SnakeOperator(InstructionSet set) {
    this.set = set;
  }

  /**
   * Finds the best kernels that this processor has.
   *
   * @return nothing where this build has no native operators for the platform
   */
  public static Optional<SnakeOperator> best() {
    return Stream.of(InstructionSet.values())
        .flatMap(set -> of(set).stream())
        .reduce((lesser, better) -> better);
  }

  /** The operator with certain kernels, or nothing where they cannot run. */
  static Optional<SnakeOperator> of(InstructionSet set) {
    boolean supported =
        OperatorLibrary.path().isPresent() && OperatorKernels.supports(set.code) > 0;
    return supported ? Optional.of(new SnakeOperator(set)) : Optional.empty();
  }

  /**
   * Adds the activation.
   *
   * @param graph receives the node
   * @param x {@code [n, channels, ...]}
   * @param alpha any shape of as many numbers as channels
   * @param inverse any shape of as many numbers as channels
   * @return shape of {@code x}
   */
  public String add(GraphBuilder graph, String x, String alpha, String inverse) {
    Attribute kernels = Attribute.of("instruction_set", set.code);
    return graph
        .node(OperatorLibrary.DOMAIN, "Snake", List.of(x, alpha, inverse), 1, kernels)
        .get(0);
  }

  /**
   * Tells which kernels run.
   *
   * @return the instruction set
   */
  public String describe() {
    return set.title;
  }
}
