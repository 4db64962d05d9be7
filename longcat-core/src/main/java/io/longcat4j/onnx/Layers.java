package io.longcat4j.onnx;

import java.util.List;

/**
 * What networks are made of, as nodes of a graph. Every method returns the name of the value it
 * adds. Not thread-safe.
 *
 * @param graph receives the nodes; opset 20 or later ({@code rmsNorm}: 23)
 */
public record Layers(GraphBuilder graph) {

  /**
   * {@code x W^T + b}.
   *
   * @param x {@code [rows, in]}
   * @param weight {@code [out, in]}
   * @param bias {@code [out]}
   * @return {@code [rows, out]}
   */
  public String linear(String x, String weight, String bias) {
    return graph.node("Gemm", List.of(x, weight, bias), Attribute.of("transB", 1));
  }

  /**
   * {@code x W^T}.
   *
   * @param x {@code [rows, in]}
   * @param weight {@code [out, in]}
   * @return {@code [rows, out]}
   */
  public String linear(String x, String weight) {
    return graph.node("Gemm", List.of(x, weight), Attribute.of("transB", 1));
  }

  /**
   * Normalisation over the last axis to mean 0 and variance 1, then scale and shift.
   *
   * @param x {@code [..., width]}
   * @param weight {@code [width]}
   * @param bias {@code [width]}
   * @param epsilon added to the variance
   * @return shape of {@code x}
   */
  public String layerNorm(String x, String weight, String bias, float epsilon) {
    return graph.node(
        "LayerNormalization",
        List.of(x, weight, bias),
        Attribute.of("axis", -1),
        Attribute.of("epsilon", epsilon));
  }

  /**
   * Division by the root of the mean square of the last axis, then scale.
   *
   * @param x {@code [..., width]}
   * @param weight {@code [width]}
   * @param epsilon added to the mean square
   * @return shape of {@code x}
   */
  public String rmsNorm(String x, String weight, float epsilon) {
    return graph.node(
        "RMSNormalization",
        List.of(x, weight),
        Attribute.of("axis", -1),
        Attribute.of("epsilon", epsilon));
  }

  /**
   * GELU by the error function.
   *
   * @param x any shape
   * @return shape of {@code x}
   */
  public String gelu(String x) {
    return graph.node("Gelu", List.of(x), Attribute.of("approximate", "none"));
  }

  /**
   * {@code x * sigmoid(x)}.
   *
   * @param x any shape
   * @return shape of {@code x}
   */
  public String silu(String x) {
    return multiply(x, graph.node("Sigmoid", List.of(x)));
  }

  /**
   * {@code min(max(x, low), high)}.
   *
   * @param x any shape
   * @param low lower bound
   * @param high upper bound
   * @return shape of {@code x}
   */
  public String clip(String x, float low, float high) {
    return graph.node("Clip", List.of(x, graph.scalar(low), graph.scalar(high)));
  }

  /**
   * Sum with broadcasting.
   *
   * @param a a value
   * @param b a value
   * @return the sum
   */
  public String add(String a, String b) {
    return graph.node("Add", List.of(a, b));
  }

  /**
   * Product with broadcasting.
   *
   * @param a a value
   * @param b a value
   * @return the product
   */
  public String multiply(String a, String b) {
    return graph.node("Mul", List.of(a, b));
  }

  /**
   * Matrix product.
   *
   * @param a {@code [..., m, k]}
   * @param b {@code [..., k, n]}
   * @return {@code [..., m, n]}
   */
  public String matmul(String a, String b) {
    return graph.node("MatMul", List.of(a, b));
  }

  /**
   * Convolution over time.
   *
   * @param x {@code [batch, channels, time]}
   * @param kernel its weights and shape
   * @return {@code [batch, channels out, time + padding - (size - 1) * dilation]}
   */
  public String conv1d(String x, Kernel kernel) {
    List<String> inputs =
        kernel.bias().isEmpty()
            ? List.of(x, kernel.weight())
            : List.of(x, kernel.weight(), kernel.bias());
    return graph.node(
        "Conv",
        inputs,
        Attribute.ofList("dilations", kernel.dilation()),
        Attribute.of("group", kernel.groups()),
        Attribute.ofList("pads", kernel.padBefore(), kernel.padAfter()));
  }

  /**
   * A convolution over time.
   *
   * @param weight {@code [channels out, channels in / groups, size]}
   * @param bias {@code [channels out]}, or empty for none
   * @param groups of channels that do not see each other
   * @param dilation steps between taps
   * @param padBefore zeros before the first step
   * @param padAfter zeros after the last step
   */
  public record Kernel(
      String weight, String bias, long groups, long dilation, long padBefore, long padAfter) {}

  /**
   * Softmax over one axis.
   *
   * @param x any shape
   * @param axis negative counts from the end
   * @return shape of {@code x}
   */
  public String softmax(String x, int axis) {
    return graph.node("Softmax", List.of(x), Attribute.of("axis", axis));
  }

  /**
   * Axes in another order.
   *
   * @param x any shape
   * @param order axis of {@code x} for every axis of the result
   * @return the transposed value
   */
  public String transpose(String x, long... order) {
    return graph.node("Transpose", List.of(x), Attribute.ofList("perm", order));
  }

  /**
   * The same numbers under another shape.
   *
   * @param x any shape
   * @param dims sizes; 0 keeps that axis of {@code x}, one may be -1 for what remains
   * @return the reshaped value
   */
  public String reshape(String x, long... dims) {
    return graph.node("Reshape", List.of(x, graph.integers(dims)));
  }

  /**
   * Axes of size 1 put in.
   *
   * @param x any shape
   * @param axes positions in the result
   * @return the reshaped value
   */
  public String unsqueeze(String x, long... axes) {
    return graph.node("Unsqueeze", List.of(x, graph.integers(axes)));
  }

  /**
   * Axes of size 1 taken out.
   *
   * @param x any shape
   * @param axes positions in {@code x}
   * @return the reshaped value
   */
  public String squeeze(String x, long... axes) {
    return graph.node("Squeeze", List.of(x, graph.integers(axes)));
  }

  /**
   * A range of one axis.
   *
   * @param x any shape
   * @param axis negative counts from the end
   * @param from the first kept; negative counts from the end
   * @param to the first not kept; {@link Long#MAX_VALUE} for all
   * @return the range
   */
  public String slice(String x, long axis, long from, long to) {
    return graph.node(
        "Slice", List.of(x, graph.integers(from), graph.integers(to), graph.integers(axis)));
  }

  /**
   * A range of one axis whose bounds each run computes.
   *
   * @param x any shape
   * @param axis negative counts from the end
   * @param from INT64 {@code [1]}: the first kept; negative counts from the end
   * @param to INT64 {@code [1]}: the first not kept; negative counts from the end
   * @return the range
   */
  public String slice(String x, long axis, String from, String to) {
    return graph.node("Slice", List.of(x, from, to, graph.integers(axis)));
  }

  /**
   * Zeros around a value.
   *
   * @param x any shape
   * @param counts INT64 {@code [2 * rank]}: zeros before each axis, then zeros after each
   * @return the padded value
   */
  public String pad(String x, String counts) {
    return graph.node("Pad", List.of(x, counts));
  }

  /**
   * Values one after the other along an axis.
   *
   * @param axis negative counts from the end
   * @param parts equal in all other axes
   * @return the joined value
   */
  public String concat(long axis, String... parts) {
    return graph.node("Concat", List.of(parts), Attribute.of("axis", axis));
  }

  /**
   * Equal parts of an axis.
   *
   * @param x any shape
   * @param axis negative counts from the end
   * @param parts how many
   * @return the parts in order
   */
  public List<String> split(String x, long axis, int parts) {
    return graph.node(
        "",
        "Split",
        List.of(x),
        parts,
        Attribute.of("axis", axis),
        Attribute.of("num_outputs", parts));
  }

  /**
   * Rows of a table.
   *
   * @param table {@code [entries, width]}
   * @param ids INT64, any shape
   * @return {@code [shape of ids..., width]}
   */
  public String gather(String table, String ids) {
    return graph.node("Gather", List.of(table, ids), Attribute.of("axis", 0));
  }
}
