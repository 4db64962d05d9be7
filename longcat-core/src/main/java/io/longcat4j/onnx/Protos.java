package io.longcat4j.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;

/** The messages of {@code onnx.proto} that a graph needs, by field number. */
final class Protos {
  private static final int EXTERNAL = 1;

  private Protos() {}

  static byte[] model(int irVersion, ProtoWriter graph, int opset, Collection<String> domains) {
    ProtoWriter model =
        new ProtoWriter()
            .integer(1, irVersion)
            .text(2, "LongCat4J")
            .message(7, graph)
            .message(8, opsetImport("", opset));
    domains.stream().sorted().forEach(domain -> model.message(8, opsetImport(domain, 1)));
    return model.toBytes();
  }

  static ProtoWriter node(
      String domain, String op, List<String> inputs, List<String> outputs, Attribute... attrs) {
    ProtoWriter node = new ProtoWriter();
    inputs.forEach(input -> node.text(1, input));
    outputs.forEach(output -> node.text(2, output));
    node.text(3, outputs.get(0)).text(4, op);
    for (Attribute attribute : attrs) {
      node.message(5, attribute(attribute));
    }
    return domain.isEmpty() ? node : node.text(7, domain);
  }

  static ProtoWriter valueInfo(String name, ElementType type, Dim... dims) {
    ProtoWriter shape = new ProtoWriter();
    for (Dim dim : dims) {
      shape.message(1, dimension(dim));
    }
    ProtoWriter tensor = new ProtoWriter().integer(1, type.code()).message(2, shape);
    return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
  }

  static ProtoWriter externalTensor(String name, ElementType type, long... dims) {
    return tensor(name, type, dims)
        .message(13, new ProtoWriter().text(1, "location").text(2, "checkpoint"))
        .integer(14, EXTERNAL);
  }

  static ProtoWriter inlineTensor(String name, ElementType type, byte[] raw, long... dims) {
    return tensor(name, type, dims).bytes(9, raw);
  }

  /** Numbers as {@code raw_data} holds them. */
  static byte[] rawIntegers(long... numbers) {
    byte[] raw = new byte[numbers.length * Long.BYTES];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(numbers);
    return raw;
  }

  /** A number as {@code raw_data} holds it. */
  static byte[] rawReal(float number) {
    byte[] raw = new byte[Float.BYTES];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).putFloat(number);
    return raw;
  }

  private static ProtoWriter tensor(String name, ElementType type, long... dims) {
    return new ProtoWriter().packed(1, dims).integer(2, type.code()).text(8, name);
  }

  private static ProtoWriter opsetImport(String domain, int version) {
    return new ProtoWriter().text(1, domain).integer(2, version);
  }

  private static ProtoWriter dimension(Dim dim) {
    if (dim instanceof Dim.Symbolic symbolic) {
      return new ProtoWriter().text(2, symbolic.name());
    }
    return new ProtoWriter().integer(1, ((Dim.Fixed) dim).size());
  }

  private static ProtoWriter attribute(Attribute attribute) {
    ProtoWriter proto = new ProtoWriter().text(1, attribute.name());
    if (attribute instanceof Attribute.Real real) {
      return proto.real(2, real.value()).integer(20, 1);
    } else if (attribute instanceof Attribute.Int integer) {
      return proto.integer(3, integer.value()).integer(20, 2);
    } else if (attribute instanceof Attribute.Text text) {
      return proto.text(4, text.value()).integer(20, 3);
    }
    return proto.packed(8, ((Attribute.Ints) attribute).values()).integer(20, 7);
  }
}
