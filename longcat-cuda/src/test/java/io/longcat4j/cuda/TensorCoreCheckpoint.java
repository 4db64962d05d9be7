package io.longcat4j.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * A text model of one layer whose sizes divide as the published model's do, so that every product
 * of it goes over tensor cores: random weights of BF16, or of FP8 in blocks.
 */
final class TensorCoreCheckpoint {
  private static final int BLOCK = 128;
  private static final int HIDDEN = 1024;
  private static final int HEADS = 8;
  private static final int NOPE = 64;
  private static final int ROPE = 64;
  private static final int VALUE = 128;
  private static final int LATENT = 128;
  private static final int QUERY_RANK = 128;
  private static final int DENSE = 1024;
  private static final int WIDTH = 128;
  private static final int EXPERTS = 8;
  private static final int ZERO_EXPERTS = 4;
  private static final int VOCABULARY = 64;

  private record Entry(String dtype, int[] shape, ByteBuffer bytes) {}

  private final Map<String, Entry> tensors = new LinkedHashMap<>();
  private final SplittableRandom random = new SplittableRandom(5);
  private final boolean fp8;

  private TensorCoreCheckpoint(boolean fp8) {
    this.fp8 = fp8;
  }

  static Path write(Path directory, boolean fp8) {
    TensorCoreCheckpoint checkpoint = new TensorCoreCheckpoint(fp8);
    checkpoint.model();
    try {
      Files.writeString(directory.resolve("config.json"), checkpoint.config());
      checkpoint.save(directory.resolve("model.safetensors"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return directory;
  }

  private String config() {
    String quantized =
        """
        , "quantization_config": {"quant_method": "fp8", "fmt": "e4m3",
          "activation_scheme": "dynamic", "weight_block_size": [128, 128]}""";
    return """
        {"architectures": ["LongcatFlashForCausalLM"], "model_type": "longcat_flash",
         "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu",
         "mla_scale_q_lora": true, "mla_scale_kv_lora": true, "attention_method": "MLA",
         "vocab_size": %d, "hidden_size": %d, "ffn_hidden_size": %d, "expert_ffn_hidden_size": %d,
         "num_layers": 1, "num_attention_heads": %d, "q_lora_rank": %d, "kv_lora_rank": %d,
         "qk_nope_head_dim": %d, "qk_rope_head_dim": %d, "v_head_dim": %d, "n_routed_experts": %d,
         "zero_expert_num": %d, "zero_expert_type": "identity", "moe_topk": 5,
         "routed_scaling_factor": 1.7, "rms_norm_eps": 1e-05, "max_position_embeddings": 4096,
         "rope_theta": 10000.0, "attention_bias": false, "router_bias": false,
         "norm_topk_prob": false, "tie_word_embeddings": false%s}
        """
        .formatted(
            VOCABULARY,
            HIDDEN,
            DENSE,
            WIDTH,
            HEADS,
            QUERY_RANK,
            LATENT,
            NOPE,
            ROPE,
            VALUE,
            EXPERTS,
            ZERO_EXPERTS,
            fp8 ? quantized : "");
  }

  private void model() {
    bf16("model.embed_tokens.weight", 1, VOCABULARY, HIDDEN);
    bf16("lm_head.weight", 0.03, VOCABULARY, HIDDEN);
    gain("model.norm", HIDDEN);
    String prefix = "model.layers.0";
    for (int i = 0; i < 2; i++) {
      gain(prefix + ".input_layernorm." + i, HIDDEN);
      gain(prefix + ".post_attention_layernorm." + i, HIDDEN);
      attention(prefix + ".self_attn." + i);
      network(prefix + ".mlps." + i, DENSE);
    }
    String router = prefix + ".mlp.router";
    f32(router + ".classifier.weight", EXPERTS + ZERO_EXPERTS, HIDDEN);
    f32(router + ".e_score_correction_bias", EXPERTS + ZERO_EXPERTS);
    for (int e = 0; e < EXPERTS; e++) {
      network(prefix + ".mlp.experts." + e, WIDTH);
    }
  }

  private void attention(String prefix) {
    matrix(prefix + ".q_a_proj", QUERY_RANK, HIDDEN);
    gain(prefix + ".q_a_layernorm", QUERY_RANK);
    matrix(prefix + ".q_b_proj", HEADS * (NOPE + ROPE), QUERY_RANK);
    matrix(prefix + ".kv_a_proj_with_mqa", LATENT + ROPE, HIDDEN);
    gain(prefix + ".kv_a_layernorm", LATENT);
    matrix(prefix + ".kv_b_proj", HEADS * (NOPE + VALUE), LATENT);
    matrix(prefix + ".o_proj", HIDDEN, HEADS * VALUE);
  }

  private void network(String prefix, int width) {
    matrix(prefix + ".gate_proj", width, HIDDEN);
    matrix(prefix + ".up_proj", width, HIDDEN);
    matrix(prefix + ".down_proj", HIDDEN, width);
  }

  private void matrix(String name, int rows, int columns) {
    if (!fp8) {
      bf16(name + ".weight", 1 / Math.sqrt(columns), rows, columns);
      return;
    }
    // Codes below a half, so that numbers are of one magnitude.
    put(name + ".weight", "F8_E4M3", 1, i -> random.nextInt(256) & 0xaf, rows, columns);
    float scale = (float) (8 / Math.sqrt(columns));
    put(
        name + ".weight_scale_inv",
        "F32",
        Float.BYTES,
        i -> Float.floatToRawIntBits(scale),
        (rows + BLOCK - 1) / BLOCK,
        (columns + BLOCK - 1) / BLOCK);
  }

  private void gain(String name, int length) {
    put(name + ".weight", "BF16", Short.BYTES, i -> Float.floatToRawIntBits(1f) >>> 16, length);
  }

  private void bf16(String name, double magnitude, int... shape) {
    put(name, "BF16", Short.BYTES, i -> Float.floatToRawIntBits(number(magnitude)) >>> 16, shape);
  }

  private void f32(String name, int... shape) {
    put(name, "F32", Float.BYTES, i -> Float.floatToRawIntBits(number(0.05)), shape);
  }

  private float number(double magnitude) {
    return (float) (magnitude * random.nextDouble(-1, 1));
  }

  private void put(String name, String dtype, int size, IntUnaryOperator bits, int... shape) {
    int count = shape.length == 1 ? shape[0] : shape[0] * shape[1];
    ByteBuffer bytes = ByteBuffer.allocate(size * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (size) {
        case 1 -> bytes.put((byte) bits.applyAsInt(i));
        case 2 -> bytes.putShort((short) bits.applyAsInt(i));
        default -> bytes.putInt(bits.applyAsInt(i));
      }
    }
    tensors.put(name, new Entry(dtype, shape, bytes.flip()));
  }

  private void save(Path file) throws IOException {
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (Map.Entry<String, Entry> tensor : tensors.entrySet()) {
      Entry entry = tensor.getValue();
      String shape =
          entry.shape.length == 1
              ? "[" + entry.shape[0] + "]"
              : "[" + entry.shape[0] + "," + entry.shape[1] + "]";
      header.append(header.length() > 1 ? "," : "");
      header.append(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(tensor.getKey(), entry.dtype, shape, at, at + entry.bytes.remaining()));
      at += entry.bytes.remaining();
    }
    byte[] text = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(text.length).flip());
      out.write(ByteBuffer.wrap(text));
      for (Entry entry : tensors.values()) {
        out.write(entry.bytes);
      }
    }
  }
}
