package io.longcat4j.testing;

import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.SafetensorsWriter;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

/** Copies of the BF16 fixture with a layer for multi-token prediction. */
public final class DraftingCheckpoint {
  private static final String LAYER = "model.mtp.layers.0.";

  private final Path source = TestData.bf16();
  private final ModelConfig config = Checkpoint.open(source).model();
  private final int hidden = config.hiddenSize();
  private final SafetensorsWriter tensors = new SafetensorsWriter();
  private final Random random = new Random(7);

  private DraftingCheckpoint() {
    TensorSource weights = Checkpoint.open(source).weights();
    for (String name : weights.names()) {
      StoredTensor tensor = weights.require(name);
      tensors.add(name, tensor.shape(), tensor.toFloats());
    }
  }

  /** Random weights: a draft is right as often as any other id. */
  public static Path random(Path directory) {
    DraftingCheckpoint checkpoint = new DraftingCheckpoint();
    int hidden = checkpoint.hidden;
    checkpoint.layer(checkpoint.numbers(2 * hidden * hidden, 1 / Math.sqrt(2 * hidden)));
    return checkpoint.write(directory);
  }

  /**
   * Every token has a likely successor, so that drafts are often right: the hidden state is mostly
   * the last token's embedding, and the layers add what makes a draft wrong at times.
   */
  public static Path predictable(Path directory) {
    DraftingCheckpoint checkpoint = new DraftingCheckpoint();
    int hidden = checkpoint.hidden;
    int vocabulary = checkpoint.config.vocabSize();
    float[] embedding = checkpoint.numbers(vocabulary * hidden, 1.5);
    float[] head = new float[vocabulary * hidden];
    for (int id = 0; id < vocabulary; id++) {
      int successor = (7 * id + 3) % vocabulary;
      for (int i = 0; i < hidden; i++) {
        head[successor * hidden + i] = embedding[id * hidden + i] / 45;
      }
    }
    checkpoint.tensors.add("model.embed_tokens.weight", Shape.of(vocabulary, hidden), embedding);
    checkpoint.tensors.add("lm_head.weight", Shape.of(vocabulary, hidden), head);
    float[] join = new float[2 * hidden * hidden];
    for (int i = 0; i < hidden; i++) {
      join[2 * hidden * i + i] = 3;
    }
    checkpoint.layer(join);
    return checkpoint.write(directory);
  }

  private void layer(float[] join) {
    int heads = config.numAttentionHeads();
    int width = config.ffnHiddenSize();
    int rank = config.qLoraRank();
    int latent = config.kvLoraRank();
    tensors.add(LAYER + "eh_proj.weight", Shape.of(hidden, 2L * hidden), join);
    gain(LAYER + "enorm.m", hidden);
    gain(LAYER + "hnorm.m", hidden);
    gain(LAYER + "input_layernorm", hidden);
    gain(LAYER + "post_attention_layernorm", hidden);
    gain("model.mtp.norm", hidden);
    gain(LAYER + "self_attn.q_a_layernorm", rank);
    gain(LAYER + "self_attn.kv_a_layernorm", latent);
    int queries = heads * (config.qkNopeHeadDim() + config.qkRopeHeadDim());
    matrix("self_attn.q_a_proj", rank, hidden);
    matrix("self_attn.q_b_proj", queries, rank);
    matrix("self_attn.kv_a_proj_with_mqa", latent + config.qkRopeHeadDim(), hidden);
    matrix("self_attn.kv_b_proj", heads * (config.qkNopeHeadDim() + config.vHeadDim()), latent);
    matrix("self_attn.o_proj", hidden, heads * config.vHeadDim());
    matrix("transformer_layer.mlp.gate_proj", width, hidden);
    matrix("transformer_layer.mlp.up_proj", width, hidden);
    matrix("transformer_layer.mlp.down_proj", hidden, width);
  }

  private void matrix(String name, int rows, int columns) {
    float[] values = numbers(rows * columns, 1 / Math.sqrt(columns));
    tensors.add(LAYER + name + ".weight", Shape.of(rows, columns), values);
  }

  private void gain(String name, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = 0.8f + 0.4f * random.nextFloat();
    }
    tensors.add(name + ".weight", Shape.of(length), values);
  }

  private float[] numbers(int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  private Path write(Path directory) {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path to = directory.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else if (!file.toString().contains("safetensors")) {
          Files.copy(file, to);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tensors.write(directory.resolve("model.safetensors"));
    return directory;
  }
}
