package io.longcat4j.onnx;

import java.util.Map;

/**
 * A finished graph: a small protobuf message without the big weights, and the weights beside it, or
 * a whole file. Immutable and thread-safe; weights that come from a checkpoint stay in its mapped
 * files.
 */
public final class OnnxGraph {
  private final String name;
  private final byte[] model;
  private final Map<String, Weights> weights;
  private final boolean ownOperators;

  OnnxGraph(String name, byte[] model, Map<String, Weights> weights, boolean ownOperators) {
    this.name = name;
    this.model = model;
    this.weights = Map.copyOf(weights);
    this.ownOperators = ownOperators;
  }

  /**
   * A finished graph of others, weights included.
   *
   * @param name for messages
   * @param file the bytes of an .onnx file, not to be changed; ONNX Runtime checks them when a
   *     session is opened
   * @return the graph; all its weights are in the message
   */
  public static OnnxGraph of(String name, byte[] file) {
    return new OnnxGraph(name, file, Map.of(), false);
  }

  /**
   * The graph's name.
   *
   * @return as given to the builder
   */
  public String name() {
    return name;
  }

  /**
   * The numbers it holds.
   *
   * @return parameters outside the protobuf message
   */
  public long parameters() {
    return weights.values().stream().mapToLong(weight -> weight.shape().elements()).sum();
  }

  byte[] model() {
    return model;
  }

  Map<String, Weights> weights() {
    return weights;
  }

  /** Whether it has operators of {@link OperatorLibrary}. */
  boolean ownOperators() {
    return ownOperators;
  }
}
