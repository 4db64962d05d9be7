package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives experts that are stored as one tensor of a layer the published names, one for each expert.
 * Newer tools keep {@code experts.gate_up_proj} {@code [experts, 2 * width, hidden]}, the gate's
 * rows before the others, and {@code experts.down_proj} {@code [experts, hidden, width]}, with
 * scales of FP8 blocks under the same names and {@code _scale_inv}. The parts stay where they lie.
 */
final class ExpertSlices {
  private static final Pattern FUSED =
      Pattern.compile("(.*\\.mlp\\.experts\\.)(gate_up_proj|down_proj)(?:\\.weight)?(_scale_inv)?");

  private static final int MAX_EXPERTS = 1 << 16;

  private ExpertSlices() {}

  /** All tensors, with parts in the place of what is fused. */
  static Map<String, StoredTensor> of(TensorSource source) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (String name : source.names()) {
      StoredTensor tensor = source.require(name);
      Matcher fused = mayBeFused(name) ? FUSED.matcher(name) : null;
      if (fused != null && fused.matches()) {
        cut(tensor, fused, tensors);
      } else if (tensors.put(name, tensor) != null) {
        throw twice(tensor, name);
      }
    }
    return tensors;
  }

  /** Spares most of tens of thousands of names the pattern. */
  private static boolean mayBeFused(String name) {
    return name.contains(".experts.gate_up_proj") || name.contains(".experts.down_proj");
  }

  private static void cut(StoredTensor tensor, Matcher fused, Map<String, StoredTensor> tensors) {
    if (tensor.shape().rank() != 3) {
      throw new CheckpointException(
          tensor
              + ": fused experts need three dimensions, [experts, rows, columns]; save each expert"
              + " as a tensor of its own, as save_pretrained does");
    }
    if (tensor.shape().elements() == 0 || tensor.shape().dim(0) > MAX_EXPERTS) {
      throw new CheckpointException(
          tensor + ": expected 1 to " + MAX_EXPERTS + " experts; fetch the file again");
    }
    boolean isPair = fused.group(2).equals("gate_up_proj");
    long rows = tensor.shape().dim(1);
    if (isPair && rows % 2 != 0) {
      throw new CheckpointException(
          tensor
              + ": gate and up_proj cannot be told apart in "
              + rows
              + " rows; save each expert as tensors of its own, as save_pretrained does");
    }
    String suffix = ".weight" + (fused.group(3) == null ? "" : fused.group(3));
    for (long expert = 0; expert < tensor.shape().dim(0); expert++) {
      String prefix = fused.group(1) + expert + ".";
      if (isPair) {
        put(tensor, prefix + "gate_proj" + suffix, 2 * expert, rows / 2, tensors);
        put(tensor, prefix + "up_proj" + suffix, 2 * expert + 1, rows / 2, tensors);
      } else {
        put(tensor, prefix + "down_proj" + suffix, expert, rows, tensors);
      }
    }
  }

  private static void put(
      StoredTensor whole, String name, long index, long rows, Map<String, StoredTensor> tensors) {
    long columns = whole.shape().dim(2);
    if (tensors.put(name, whole.slice(name, index * rows * columns, rows, columns)) != null) {
      throw twice(whole, name);
    }
  }

  private static CheckpointException twice(StoredTensor tensor, String name) {
    return new CheckpointException(
        tensor.file()
            + ": tensor "
            + name
            + " is stored for itself and with all experts in one; remove one of them");
  }
}
