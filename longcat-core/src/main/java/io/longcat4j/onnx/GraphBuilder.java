package io.longcat4j.onnx;

import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builds an ONNX graph. Values are named by strings; every method that makes a value returns its
 * name. Weights stay outside the model's protobuf message, so that neither its 2 GB limit nor a
 * second copy of them matters. Not thread-safe.
 *
 * <p>{@link Layers} adds what networks are made of.
 */
public final class GraphBuilder {
  private static final int IR_VERSION = 10;

  private final String name;
  private final int opset;
  private final ProtoWriter graph = new ProtoWriter();
  private final Set<String> domains = new HashSet<>();
  private final Set<String> values = new HashSet<>();
  private final Map<String, Weights> weights = new HashMap<>();
  private final Map<String, Integer> used = new HashMap<>();

  /**
   * Starts an empty graph.
   *
   * @param name for messages
   * @param opset version of the standard operators
   */
  public GraphBuilder(String name, int opset) {
    this.name = name;
    this.opset = opset;
    graph.text(GraphField.NAME, name);
  }

  /**
   * Declares an input.
   *
   * @param input its name
   * @param type its number format
   * @param dims its sizes
   * @return its name
   */
  public String input(String input, ElementType type, Dim... dims) {
    define(input);
    graph.message(GraphField.INPUT, Protos.valueInfo(input, type, dims));
    return input;
  }

  /**
   * Declares that a value is an output.
   *
   * @param value the value
   * @param type its number format
   * @param dims its sizes
   */
  public void output(String value, ElementType type, Dim... dims) {
    requireDefined(value);
    graph.message(GraphField.OUTPUT, Protos.valueInfo(value, type, dims));
  }

  /**
   * Gives a value a chosen name and declares it as an output.
   *
   * @param output the name that runs answer with
   * @param value the value
   * @param type its number format
   * @param dims its sizes
   */
  public void outputAs(String output, String value, ElementType type, Dim... dims) {
    add("", "Identity", List.of(value), List.of(output));
    output(output, type, dims);
  }

  /**
   * Adds a standard operator with one output.
   *
   * @param op the operator
   * @param inputs its inputs; an empty string leaves an optional one out
   * @param attributes its attributes
   * @return the output
   */
  public String node(String op, List<String> inputs, Attribute... attributes) {
    return node("", op, inputs, 1, attributes).get(0);
  }

  /**
   * Adds an operator.
   *
   * @param domain empty for standard operators, or for example {@code com.microsoft}
   * @param op the operator
   * @param inputs its inputs; an empty string leaves an optional one out
   * @param outputs how many of its outputs are wanted, from the first on
   * @param attributes its attributes
   * @return the outputs
   */
  public List<String> node(
      String domain, String op, List<String> inputs, int outputs, Attribute... attributes) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      names.add(fresh(op));
    }
    add(domain, op, inputs, names, attributes);
    return List.copyOf(names);
  }

  /**
   * Adds a tensor of a checkpoint as an F32 weight under its own name. Numbers in BF16, F16 and F32
   * go from the mapped file to ONNX Runtime without a copy in Java.
   *
   * @param tensor at most 2^29 elements
   * @return its name
   */
  public String initializer(StoredTensor tensor) {
    return initializer(tensor.name(), tensor);
  }

  /**
   * Adds a tensor of a checkpoint as an F32 weight. Numbers in BF16, F16 and F32 go from the mapped
   * file to ONNX Runtime without a copy in Java.
   *
   * @param weight the name in the graph
   * @param tensor at most 2^29 elements; a vector, such as a norm's, must hold finite numbers
   * @return its name
   * @throws io.longcat4j.CheckpointException if a vector holds an infinity or no number
   */
  public String initializer(String weight, StoredTensor tensor) {
    if (tensor.shape().rank() == 1) {
      tensor.requireFinite();
    }
    boolean mapped = Weights.Mapped.fits(tensor);
    if (mapped && tensor.dtype() == DType.F32) {
      return external(weight, new Weights.Mapped(tensor, ElementType.FLOAT32));
    } else if (mapped && tensor.dtype() == DType.BF16) {
      return widened(weight, new Weights.Mapped(tensor, ElementType.BFLOAT16));
    } else if (mapped && tensor.dtype() == DType.F16) {
      return widened(weight, new Weights.Mapped(tensor, ElementType.FLOAT16));
    }
    return initializer(weight, tensor.toFloats(), tensor.shape().dims());
  }

  /**
   * Adds computed numbers as a weight.
   *
   * @param weight the name in the graph
   * @param numbers row-major; not copied, not to be changed
   * @param dims the sizes
   * @return its name
   */
  public String initializer(String weight, float[] numbers, long... dims) {
    return initializer(weight, FloatBuffer.wrap(numbers), dims);
  }

  /**
   * Adds computed numbers as a weight.
   *
   * @param weight the name in the graph
   * @param numbers row-major, from the position to the limit; not copied, not to be changed
   * @param dims the sizes
   * @return its name
   */
  public String initializer(String weight, FloatBuffer numbers, long... dims) {
    Shape shape = Shape.of(dims);
    if (numbers.remaining() != shape.elements()) {
      throw new IllegalArgumentException(
          name + ": " + weight + " has " + numbers.remaining() + " numbers, not " + shape);
    }
    return external(weight, new Weights.Computed(numbers.slice(), shape));
  }

  /**
   * Adds a list of whole numbers inside the model, as shapes, axes and bounds need them.
   *
   * @param numbers the list
   * @return its name
   */
  public String integers(long... numbers) {
    return inline("integers", ElementType.INT64, Protos.rawIntegers(numbers), numbers.length);
  }

  /**
   * Adds one number inside the model.
   *
   * @param number a scalar
   * @return its name
   */
  public String scalar(float number) {
    return inline("scalar", ElementType.FLOAT32, Protos.rawReal(number));
  }

  /**
   * Adds one whole number inside the model.
   *
   * @param number a scalar
   * @return its name
   */
  public String integer(long number) {
    return inline("integer", ElementType.INT64, Protos.rawIntegers(number));
  }

  /**
   * Ends the graph. The builder is not to be used any more.
   *
   * @return the graph
   */
  public OnnxGraph build() {
    boolean ours = domains.contains(OperatorLibrary.DOMAIN);
    return new OnnxGraph(name, Protos.model(IR_VERSION, graph, opset, domains), weights, ours);
  }

  private void add(
      String domain, String op, List<String> inputs, List<String> outputs, Attribute... attrs) {
    for (String input : inputs) {
      if (!input.isEmpty()) {
        requireDefined(input);
      }
    }
    outputs.forEach(this::define);
    if (!domain.isEmpty()) {
      domains.add(domain);
    }
    graph.message(GraphField.NODE, Protos.node(domain, op, inputs, outputs, attrs));
  }

  /** ONNX Runtime folds the cast away while it opens a session. */
  private String widened(String weight, Weights.Mapped numbers) {
    String stored = external(weight + "#" + numbers.type(), numbers);
    Attribute to = Attribute.of("to", ElementType.FLOAT32.code());
    add("", "Cast", List.of(stored), List.of(weight), to);
    return weight;
  }

  private String external(String weight, Weights numbers) {
    long elements = numbers.shape().elements();
    if (elements > Integer.MAX_VALUE / Float.BYTES) {
      throw new IllegalArgumentException(
          name + ": " + weight + " " + numbers.shape() + " is too large for one buffer; split it");
    }
    define(weight);
    weights.put(weight, numbers);
    graph.message(
        GraphField.INITIALIZER,
        Protos.externalTensor(weight, numbers.type(), numbers.shape().dims()));
    return weight;
  }

  private String inline(String kind, ElementType type, byte[] raw, long... dims) {
    String constant = fresh(kind);
    define(constant);
    graph.message(GraphField.INITIALIZER, Protos.inlineTensor(constant, type, raw, dims));
    return constant;
  }

  private String fresh(String kind) {
    return kind + "#" + used.merge(kind, 1, Integer::sum);
  }

  private void define(String value) {
    if (value.isEmpty() || !values.add(value)) {
      throw new IllegalArgumentException(name + ": the value '" + value + "' exists already");
    }
  }

  private void requireDefined(String value) {
    if (!values.contains(value)) {
      throw new IllegalArgumentException(name + ": there is no value '" + value + "'");
    }
  }

  /** Field numbers of {@code GraphProto}. */
  private static final class GraphField {
    static final int NODE = 1;
    static final int NAME = 2;
    static final int INITIALIZER = 5;
    static final int INPUT = 11;
    static final int OUTPUT = 12;

    private GraphField() {}
  }
}
