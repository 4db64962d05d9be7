package io.longcat4j.benchmarks;

import io.longcat4j.checkpoint.ModelConfig.IntegerGroups;
import io.longcat4j.checkpoint.SafetensorsOutput.Declaration;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Names, formats and shapes of a language model's tensors, as published. */
final class TensorPlan {
  static final int BLOCK = 128;
  static final String SCALE = "_scale_inv";
  static final String GROUP_SCALE = "_scale";

  private final ModelSizes sizes;
  private final WeightFormat format;
  private final List<Declaration> tensors = new ArrayList<>();

  private TensorPlan(ModelSizes sizes, WeightFormat format) {
    this.sizes = sizes;
    this.format = format;
  }

  static List<Declaration> of(ModelSizes sizes, WeightFormat format, boolean prediction) {
    TensorPlan plan = new TensorPlan(sizes, format);
    plan.add("model.embed_tokens", DType.BF16, sizes.vocabulary(), sizes.hidden());
    for (int layer = 0; layer < sizes.layers(); layer++) {
      plan.layer("model.layers." + layer + ".");
    }
    if (prediction) {
      plan.prediction("model.mtp.");
    }
    plan.add("model.norm", DType.BF16, sizes.hidden());
    plan.add("lm_head", DType.BF16, sizes.vocabulary(), sizes.hidden());
    return List.copyOf(plan.tensors);
  }

  static long bytes(List<Declaration> tensors) {
    return tensors.stream().mapToLong(Declaration::byteSize).sum();
  }

  private void layer(String prefix) {
    for (int i = 0; i < 2; i++) {
      add(prefix + "input_layernorm." + i, DType.BF16, sizes.hidden());
      attention(prefix + "self_attn." + i + ".");
      add(prefix + "post_attention_layernorm." + i, DType.BF16, sizes.hidden());
      feedForward(prefix + "mlps." + i + ".", sizes.denseWidth());
    }
    int choices = sizes.experts() + sizes.zeroExperts();
    add(prefix + "mlp.router.classifier", DType.F32, choices, sizes.hidden());
    tensors.add(
        new Declaration(
            prefix + "mlp.router.e_score_correction_bias", DType.F32, Shape.of(choices)));
    for (int expert = 0; expert < sizes.experts(); expert++) {
      feedForward(prefix + "mlp.experts." + expert + ".", sizes.expertWidth());
    }
  }

  /** The dense layer of multi-token prediction. */
  private void prediction(String prefix) {
    String layer = prefix + "layers.0.";
    add(layer + "enorm.m", DType.BF16, sizes.hidden());
    add(layer + "hnorm.m", DType.BF16, sizes.hidden());
    matrix(layer + "eh_proj", sizes.hidden(), 2 * sizes.hidden());
    add(layer + "input_layernorm", DType.BF16, sizes.hidden());
    attention(layer + "self_attn.");
    add(layer + "post_attention_layernorm", DType.BF16, sizes.hidden());
    feedForward(layer + "transformer_layer.mlp.", sizes.denseWidth());
    add(prefix + "norm", DType.BF16, sizes.hidden());
  }

  private void attention(String prefix) {
    int heads = sizes.heads();
    matrix(prefix + "q_a_proj", sizes.queryRank(), sizes.hidden());
    add(prefix + "q_a_layernorm", DType.BF16, sizes.queryRank());
    matrix(prefix + "q_b_proj", heads * (sizes.nope() + sizes.rope()), sizes.queryRank());
    matrix(prefix + "kv_a_proj_with_mqa", sizes.latent() + sizes.rope(), sizes.hidden());
    add(prefix + "kv_a_layernorm", DType.BF16, sizes.latent());
    matrix(prefix + "kv_b_proj", heads * (sizes.nope() + sizes.value()), sizes.latent());
    matrix(prefix + "o_proj", sizes.hidden(), heads * sizes.value());
  }

  private void feedForward(String prefix, int width) {
    matrix(prefix + "gate_proj", width, sizes.hidden());
    matrix(prefix + "up_proj", width, sizes.hidden());
    matrix(prefix + "down_proj", sizes.hidden(), width);
  }

  private void matrix(String name, int rows, int columns) {
    if (format == WeightFormat.BF16) {
      add(name, DType.BF16, rows, columns);
      return;
    }
    if (format.precision().isPresent()) {
      integers(name, rows, columns, format.precision().get().groups());
      return;
    }
    add(name, DType.F8_E4M3, rows, columns);
    tensors.add(
        new Declaration(
            name + ".weight" + SCALE, DType.F32, Shape.of(blocks(rows), blocks(columns))));
  }

  private void integers(String name, int rows, int columns, IntegerGroups groups) {
    add(name, groups.dtype(), rows, ((long) columns * groups.bits() + 7) / 8);
    tensors.add(
        new Declaration(
            name + ".weight" + GROUP_SCALE,
            DType.BF16,
            Shape.of(rows, (columns - 1L) / groups.size() + 1)));
  }

  private void add(String name, DType dtype, long... dims) {
    tensors.add(new Declaration(name + ".weight", dtype, Shape.of(dims)));
  }

  private static long blocks(int length) {
    return (length - 1L) / BLOCK + 1;
  }
}
