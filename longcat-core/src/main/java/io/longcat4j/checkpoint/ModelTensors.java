package io.longcat4j.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The language model's tensors under their published names, however a tool has stored them: fused
 * experts, an embedding that is stored as the head or apart, a head that is stored though it is the
 * embedding, and weights of experts that compute nothing.
 */
final class ModelTensors {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = ModelConfig.HEAD;
  private static final String APART = "language_model_embedding.pt";
  private static final String EXPERT = ".mlp.experts.";
  private static final int MAX_DIGITS = 9;

  private final TensorSource stored;
  private final ModelConfig config;
  private final Consumer<String> warnings;
  private final Map<String, StoredTensor> tensors;

  private ModelTensors(TensorSource stored, ModelConfig config, Consumer<String> warnings) {
    this.stored = stored;
    this.config = config;
    this.warnings = warnings;
    this.tensors = ExpertSlices.of(stored);
  }

  static TensorSource of(
      TensorSource stored, Path directory, ModelConfig config, Consumer<String> warnings) {
    ModelTensors model = new ModelTensors(stored, config, warnings);
    model.leaveOutZeroExperts();
    model.findEmbedding(directory);
    model.decideHead();
    return new NamedTensors(stored.describe(), model.tensors);
  }

  private void leaveOutZeroExperts() {
    tensors.keySet().removeIf(name -> isZeroExpert(name, config.nRoutedExperts()));
  }

  /** By hand, because tens of thousands of names are asked. */
  private static boolean isZeroExpert(String name, int realExperts) {
    int begin = name.lastIndexOf(EXPERT) + EXPERT.length();
    int end = name.indexOf('.', begin);
    if (begin < EXPERT.length() || end <= begin || end - begin > MAX_DIGITS) {
      return false;
    }
    int expert = 0;
    for (int i = begin; i < end; i++) {
      int digit = name.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      expert = 10 * expert + digit;
    }
    return expert >= realExperts;
  }

  private void findEmbedding(Path directory) {
    if (tensors.containsKey(EMBEDDING)) {
      return;
    }
    StoredTensor head = tensors.get(HEAD);
    Path apart = directory.resolve(APART);
    if (Files.exists(apart)) {
      tensors.put(
          EMBEDDING, named(EMBEDDING, PyTorchFile.open(apart).require("word_embeddings.weight")));
    } else if (head != null) {
      tensors.put(EMBEDDING, named(EMBEDDING, head));
      if (!config.tieWordEmbeddings()) {
        warnings.accept(
            stored.describe()
                + ": tensor "
                + EMBEDDING
                + " is missing, "
                + HEAD
                + " is used for it; if they are not the same, fetch the complete checkpoint");
      }
    }
  }

  /** A stored head that is the embedding is dropped; of two different ones the head is meant. */
  private void decideHead() {
    @Nullable StoredTensor head = tensors.get(HEAD);
    @Nullable StoredTensor embedding = tensors.get(EMBEDDING);
    if (!config.tieWordEmbeddings() || head == null || embedding == null) {
      return;
    }
    if (head.hasSameContents(embedding)) {
      tensors.remove(HEAD);
      return;
    }
    warnings.accept(
        head.file()
            + ": tensor "
            + HEAD
            + " differs from "
            + EMBEDDING
            + ", though config.json has tie_word_embeddings true; the stored head is used. Set it"
            + " to false if that is meant, else remove the tensor");
  }

  private static StoredTensor named(String name, StoredTensor tensor) {
    return tensor.slice(name, 0, tensor.shape().dims());
  }
}
