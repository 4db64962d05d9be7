package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkpoint directory: the language model, and the parts for pictures, sound and speech where
 * they are there. Only headers are read when it is opened; weights stay mapped as they are on disk.
 * Immutable and thread-safe; needs no closing.
 */
public final class Checkpoint {
  private final Path directory;
  private final ConfigFile config;
  private final ModelConfig model;
  private final EndOfText endOfText;
  private final TensorSource weights;
  private final List<String> warnings;

  private Checkpoint(
      Path directory,
      ConfigFile config,
      ModelConfig model,
      EndOfText endOfText,
      TensorSource weights,
      List<String> warnings) {
    this.directory = directory;
    this.config = config;
    this.model = model;
    this.endOfText = endOfText;
    this.weights = weights;
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Opens a directory in the layout of the published checkpoints. Without the folders {@code
   * vision}, {@code audio} and {@code audio_codec} it is a text-only model.
   *
   * @param directory holds {@code config.json} and the safetensors files
   * @return the checkpoint
   * @throws CheckpointException if the directory or a file is missing or cannot be used
   */
  public static Checkpoint open(Path directory) {
    if (!directory.getFileSystem().equals(FileSystems.getDefault())) {
      throw new CheckpointException(
          directory.toUri()
              + ": lies in a file system that cannot be mapped into memory, such as a ZIP file;"
              + " unpack the checkpoint and give its directory");
    }
    if (!Files.isDirectory(directory)) {
      throw new CheckpointException(
          directory
              + (Files.exists(directory) ? ": is no directory" : ": does not exist")
              + "; give the directory of a downloaded checkpoint, the one with config.json");
    }
    Path configFile = directory.resolve("config.json");
    if (!Files.exists(configFile)) {
      throw new CheckpointException(
          configFile
              + ": does not exist; give the directory of a downloaded checkpoint, the one with"
              + " config.json");
    }
    ConfigFile config = ConfigFile.json(configFile);
    List<String> warnings = new ArrayList<>();
    ModelConfig model = ModelConfigReader.read(config, warnings::add);
    EndOfText endOfText = EndOfTextReader.read(config, directory, model.vocabSize());
    TensorSource stored = WeightFiles.open(directory, warnings::add);
    TensorSource weights = ModelTensors.of(stored, directory, model, warnings::add);
    return new Checkpoint(directory, config, model, endOfText, weights, warnings);
  }

  /**
   * Where the checkpoint is.
   *
   * @return as given
   */
  public Path directory() {
    return directory;
  }

  /**
   * The whole of {@code config.json}.
   *
   * @return the configuration
   */
  public ConfigFile config() {
    return config;
  }

  /**
   * The language model's configuration.
   *
   * @return checked sizes and switches
   */
  public ModelConfig model() {
    return model;
  }

  /**
   * What ends a text, as {@code config.json} and {@code generation_config.json} say together.
   *
   * @return at least one id
   */
  public EndOfText endOfText() {
    return endOfText;
  }

  /**
   * What was decided where the checkpoint contradicts itself; worth telling its user.
   *
   * @return sentences that name file, conflict and remedy; usually none
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * The language model's weights under their published names, whatever names they are stored under.
   *
   * @return all tensors of all shards, but those of experts that compute nothing, and no head that
   *     is the embedding once more
   */
  public TensorSource weights() {
    return weights;
  }

  /**
   * A weight of the language model with its scales, where it has some.
   *
   * @param name such as {@code model.layers.0.mlps.0.up_proj.weight}
   * @return the weight
   * @throws CheckpointException if it is absent, or its scales do not fit it
   */
  public ScaledTensor weight(String name) {
    return ScaledTensor.find(weights, name, model.fp8Block(), model.integerGroups(name));
  }

  /**
   * What copies of this checkpoint on several hosts are compared by: the configuration, name,
   * format and shape of every tensor of the language model, and how each small one begins. Large
   * tensors are not read.
   *
   * @return 32 bytes that are equal for equal checkpoints
   */
  public byte[] fingerprint() {
    return new Fingerprint().add(file("config.json")).add(weights).toBytes();
  }

  /**
   * Whether there is a vision encoder.
   *
   * @return true if the folder {@code vision} has a configuration or weights
   */
  public boolean hasVision() {
    return hasAny("vision/config.json", "vision/vision_model.pt");
  }

  /**
   * Whether there is an audio encoder.
   *
   * @return true if the folder {@code audio} has a configuration or the encoder's weights
   */
  public boolean hasAudio() {
    return hasAny("audio/config.json", "audio/audio_encoder.pt");
  }

  /**
   * Whether there are the heads and embeddings of speech tokens.
   *
   * @return true if the folder {@code audio} has either
   */
  public boolean hasSpeechHeads() {
    return hasAny("audio/audio_output_layers.pt", "audio/audio_embeddings.pt");
  }

  /**
   * Whether there is a codec that turns speech tokens into sound.
   *
   * @return true if {@code audio_codec/config.yaml} is there
   */
  public boolean hasCodec() {
    return hasAny("audio_codec/config.yaml");
  }

  /**
   * The embeddings of speech tokens.
   *
   * @return {@code audio/audio_embeddings.pt}
   * @throws CheckpointException if the file is missing or damaged
   */
  public TensorSource audioEmbeddings() {
    return pyTorch("audio/audio_embeddings.pt");
  }

  /**
   * The heads of speech tokens.
   *
   * @return {@code audio/audio_output_layers.pt}
   * @throws CheckpointException if the file is missing or damaged
   */
  public TensorSource audioOutputLayers() {
    return pyTorch("audio/audio_output_layers.pt");
  }

  /**
   * A file of the checkpoint.
   *
   * @param relative its path in the directory, such as {@code vision/config.json}
   * @return the file, which exists
   * @throws CheckpointException if it does not
   */
  public Path file(String relative) {
    Path file = directory.resolve(relative);
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(
          file + ": does not exist; the checkpoint is incomplete, fetch the file");
    }
    return file;
  }

  /**
   * A PyTorch file of the checkpoint.
   *
   * @param relative its path in the directory, such as {@code vision/vision_model.pt}
   * @return its tensors
   * @throws CheckpointException if the file is missing or damaged
   */
  public TensorSource pyTorch(String relative) {
    return PyTorchFile.open(file(relative));
  }

  private boolean hasAny(String... relative) {
    for (String path : relative) {
      if (Files.exists(directory.resolve(path))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "Checkpoint " + directory;
  }
}
