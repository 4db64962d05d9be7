package io.longcat4j.modality;

import io.longcat4j.Backend;
import io.longcat4j.LoadingListener;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What an encoder or a vocoder is opened with.
 *
 * @param directory the checkpoint directory
 * @param hiddenSize width of the rows the language model expects
 * @param encoders where to compute: {@code auto} and {@code cpu} are the processor, {@code cuda}
 *     asks ONNX Runtime for its CUDA provider
 * @param threads threads for one run
 * @param listener hears of the loading; abort is honoured between files
 * @param warnings hears what the user should know about the checkpoint, in sentences that name file
 *     and remedy; called on the thread that loads
 */
public record ModalityContext(
    Path directory,
    int hiddenSize,
    Backend encoders,
    int threads,
    LoadingListener listener,
    Consumer<String> warnings) {

  /** With warnings that nobody hears. */
  public ModalityContext(
      Path directory, int hiddenSize, Backend encoders, int threads, LoadingListener listener) {
    this(directory, hiddenSize, encoders, threads, listener, warning -> {});
  }
}
