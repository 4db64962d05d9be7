package io.longcat4j.modality;

import io.longcat4j.Device;
import io.longcat4j.LoadingListener;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What an encoder or a vocoder is opened with.
 *
 * @param directory the checkpoint directory
 * @param hiddenSize width of the rows the language model expects
 * @param device where to compute
 * @param threads threads for one run
 * @param listener hears of the loading; abort is honoured between files
 * @param warnings hears what the user should know about the checkpoint, in sentences that name file
 *     and remedy; called on the thread that loads
 */
public record ModalityContext(
    Path directory,
    int hiddenSize,
    Device device,
    int threads,
    LoadingListener listener,
    Consumer<String> warnings) {

  /** With warnings that nobody hears. */
  public ModalityContext(
      Path directory, int hiddenSize, Device device, int threads, LoadingListener listener) {
    this(directory, hiddenSize, device, threads, listener, warning -> {});
  }

  /**
   * The same somewhere else.
   *
   * @param device where to compute
   * @return the context
   */
  public ModalityContext on(Device device) {
    return new ModalityContext(directory, hiddenSize, device, threads, listener, warnings);
  }
}
