package io.longcat4j.modality;

import io.longcat4j.Backend;
import io.longcat4j.LoadingListener;
import java.nio.file.Path;

/**
 * What an encoder or a vocoder is opened with.
 *
 * @param directory the checkpoint directory
 * @param hiddenSize width of the rows the language model expects
 * @param encoders where to compute: {@code auto} and {@code cpu} are the processor, {@code cuda}
 *     asks ONNX Runtime for its CUDA provider
 * @param threads threads for one run
 * @param listener hears of the loading; abort is honoured between files
 */
public record ModalityContext(
    Path directory, int hiddenSize, Backend encoders, int threads, LoadingListener listener) {}
