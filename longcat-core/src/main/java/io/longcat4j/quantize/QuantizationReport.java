package io.longcat4j.quantize;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a quantisation did.
 *
 * @param errors of each quantised tensor, by name, in the order of the checkpoint
 * @param bytesBefore of the language model's tensors in the source
 * @param bytesAfter of the same as they were written
 */
public record QuantizationReport(
    Map<String, RoundingError> errors, long bytesBefore, long bytesAfter) {

  /**
   * Errors of the tensors that have one place in every layer.
   *
   * @return by the part of the name that layers and experts have in common, such as {@code
   *     mlp.experts.gate_proj}
   */
  public Map<String, RoundingError> errorsByClass() {
    Map<String, RoundingError> classes = new LinkedHashMap<>();
    errors.forEach((name, error) -> classes.merge(classOf(name), error, RoundingError::plus));
    return classes;
  }

  private static String classOf(String name) {
    return name.replaceFirst("^model\\.layers\\.", "")
        .replaceFirst("\\.weight$", "")
        .replaceAll("(^|\\.)\\d+(?=\\.)", "")
        .replaceFirst("^\\.", "");
  }
}
