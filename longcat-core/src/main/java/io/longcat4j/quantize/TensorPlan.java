package io.longcat4j.quantize;

import io.longcat4j.checkpoint.SafetensorsOutput.Declaration;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * A tensor of the source and what is written for it.
 *
 * @param source as it is
 * @param written the same, or integers and their scales
 * @param precision of the integers; empty where nothing is rounded
 */
record TensorPlan(StoredTensor source, List<Declaration> written, Optional<Precision> precision) {
  boolean isQuantised() {
    return precision.isPresent();
  }

  long bytes() {
    return written.stream().mapToLong(Declaration::byteSize).sum();
  }

  static TensorPlan copy(StoredTensor source) {
    return new TensorPlan(
        source,
        List.of(new Declaration(source.name(), source.dtype(), source.shape())),
        Optional.empty());
  }

  static TensorPlan quantise(StoredTensor source, String scaleName, Precision precision) {
    long rows = source.shape().dim(0);
    long columns = source.shape().dim(1);
    return new TensorPlan(
        source,
        List.of(
            new Declaration(
                source.name(),
                precision.groups().dtype(),
                Shape.of(rows, MatrixQuantizer.codeBytes(precision, columns))),
            new Declaration(
                scaleName, DType.BF16, Shape.of(rows, MatrixQuantizer.groups(precision, columns)))),
        Optional.of(precision));
  }
}
