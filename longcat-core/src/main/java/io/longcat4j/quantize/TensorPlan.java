package io.longcat4j.quantize;

import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.util.List;

/**
 * A tensor of the source and what is written for it.
 *
 * @param source as it is
 * @param written the same, or integers and their scales
 */
record TensorPlan(StoredTensor source, List<Written> written) {
  /** A tensor of the target. */
  record Written(String name, DType dtype, Shape shape) {
    long bytes() {
      return Math.multiplyExact(shape.elements(), (long) dtype.bytes());
    }
  }

  boolean isQuantised() {
    return written.size() == 2;
  }

  long bytes() {
    return written.stream().mapToLong(Written::bytes).sum();
  }

  static TensorPlan copy(StoredTensor source) {
    return new TensorPlan(
        source, List.of(new Written(source.name(), source.dtype(), source.shape())));
  }

  static TensorPlan quantise(StoredTensor source, String scaleName, Precision precision) {
    long rows = source.shape().dim(0);
    long columns = source.shape().dim(1);
    return new TensorPlan(
        source,
        List.of(
            new Written(
                source.name(),
                precision.groups().dtype(),
                Shape.of(rows, MatrixQuantizer.codeBytes(precision, columns))),
            new Written(
                scaleName,
                DType.BF16,
                Shape.of(rows, MatrixQuantizer.groups(precision, columns)))));
  }
}
