package io.longcat4j.onnx;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Operators of our own, where standard ones take several passes over memory or one thread. They run
 * on the processor, on all threads of a run. A number's result does not depend on its place or on
 * the number of threads. Immutable and thread-safe.
 */
public final class NativeOperators {
  /** Kernels, the best of a processor's last. */
  enum InstructionSet {
    GENERIC(0, "generic C++"),
    AVX2(1, "AVX2"),
    AVX512(2, "AVX-512"),
    NEON(3, "NEON");

    /** How {@code longcat_onnx.h} names it. */
    private final int code;

    private final String title;

    InstructionSet(int code, String title) {
      this.code = code;
      this.title = title;
    }
  }

  private final InstructionSet set;

  private NativeOperators(InstructionSet set) {
    this.set = set;
  }

  /**
   * Finds them, with the best kernels that this processor has.
   *
   * @return nothing where this build has no native operators for the platform
   */
  public static Optional<NativeOperators> best() {
    return Stream.of(InstructionSet.values())
        .flatMap(set -> of(set).stream())
        .reduce((lesser, better) -> better);
  }

  /** With certain kernels, or nothing where they cannot run. */
  static Optional<NativeOperators> of(InstructionSet set) {
    boolean supported =
        OperatorLibrary.path().isPresent() && OperatorKernels.supports(set.code) > 0;
    return supported ? Optional.of(new NativeOperators(set)) : Optional.empty();
  }

  /**
   * Adds the Snake activation {@code x + inverse * sin(alpha * x)^2}. Sines are within 3 units in
   * the last place, for numbers of any size.
   *
   * @param graph receives the node
   * @param x {@code [n, channels, ...]}
   * @param alpha any shape of as many numbers as channels
   * @param inverse any shape of as many numbers as channels
   * @return shape of {@code x}
   */
  public String snake(GraphBuilder graph, String x, String alpha, String inverse) {
    Attribute kernels = Attribute.of("instruction_set", set.code);
    return add(graph, "Snake", List.of(x, alpha, inverse), kernels);
  }

  /**
   * Adds a copy of each row with the rows that a convolution over time joins to it.
   *
   * @param graph receives the node
   * @param x {@code [time, channels]}
   * @param taps rows side by side, at least 1
   * @param dilation from one of them to the next, at least 1
   * @return {@code [time - (taps - 1) * dilation, taps * channels]}
   */
  public String sideBySide(GraphBuilder graph, String x, int taps, int dilation) {
    return add(
        graph,
        "SideBySide",
        List.of(x),
        Attribute.of("taps", taps),
        Attribute.of("dilation", dilation));
  }

  /**
   * Adds an upsampling: the lines of a channel take turns, and its bias is added.
   *
   * @param graph receives the node
   * @param x {@code [n, channels * ratio, time]}
   * @param bias any shape of as many numbers as channels
   * @return {@code [n, channels, time * ratio]}
   */
  public String interleave(GraphBuilder graph, String x, String bias) {
    return add(graph, "Interleave", List.of(x, bias));
  }

  /**
   * Tells which kernels run.
   *
   * @return the instruction set
   */
  public String describe() {
    return set.title;
  }

  private static String add(
      GraphBuilder graph, String op, List<String> inputs, Attribute... attributes) {
    return graph.node(OperatorLibrary.DOMAIN, op, inputs, 1, attributes).get(0);
  }
}
