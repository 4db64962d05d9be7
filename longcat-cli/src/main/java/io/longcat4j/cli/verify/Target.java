package io.longcat4j.cli.verify;

import io.longcat4j.Backend;
import io.longcat4j.Device;
import io.longcat4j.Experts;
import io.longcat4j.Gpus;
import io.longcat4j.LoadingListener;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.modality.ModalityContext;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is verified.
 *
 * @param checkpoint the checkpoint directory
 * @param media where the golden folder's pictures and sounds lie
 * @param backend what computes the language model
 * @param numerics how exactly it is computed
 * @param threads worker threads
 * @param parallel over how many ranks the language model is spread
 * @param experts how they share its experts
 * @param encoders what computes the encoders and the codec
 * @param gpus which GPUs compute it, where any do
 */
public record Target(
    Path checkpoint,
    Path media,
    Backend backend,
    Numerics numerics,
    int threads,
    Parallel parallel,
    Experts experts,
    Device encoders,
    Gpus gpus) {

  /** A target that one rank holds. */
  public Target(Path checkpoint, Path media, Backend backend, Numerics numerics, int threads) {
    this(
        checkpoint,
        media,
        backend,
        numerics,
        threads,
        Parallel.single(),
        Experts.AUTO,
        Device.cpu(),
        Gpus.all());
  }

  /** What encoders and the codec are opened with. */
  ModalityContext context() {
    int hiddenSize = Checkpoint.open(checkpoint).model().hiddenSize();
    return new ModalityContext(checkpoint, hiddenSize, encoders, threads, LoadingListener.silent());
  }

  /** A file that {@code golden.json} names. */
  Path mediaFile(String name) {
    Path file = media.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new MediaException(
          file + " does not exist, but golden.json names it; pass its directory with --media");
    }
    return file;
  }

  /** The same as {@link #mediaFile}, to be read. */
  MediaSource mediaSource(String name) {
    return MediaSource.of(mediaFile(name));
  }
}
