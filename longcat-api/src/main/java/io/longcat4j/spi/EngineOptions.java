package io.longcat4j.spi;

import io.longcat4j.Attention;
import io.longcat4j.Backend;
import io.longcat4j.EngineListener;
import io.longcat4j.Experts;
import io.longcat4j.Gpus;
import io.longcat4j.LoadingListener;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.Scheduling;
import io.longcat4j.WeightMemory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the application asked for when it built a {@link io.longcat4j.LongCat}.
 *
 * @param model the checkpoint directory
 * @param backend what computes the language model
 * @param numerics how exactly it is computed
 * @param weightMemory how the language model's weights come into memory
 * @param senses what computes the encoders and the vocoder
 * @param attention which cached positions a generated token looks at
 * @param scheduling how many requests are served at once
 * @param threads what computes the language model; as many compute an encoder or the vocoder
 * @param gpus which GPUs compute it, where any do
 * @param parallel over how many ranks the language model is spread
 * @param experts how they share its experts
 * @param contextLength upper bound of positions in one request, or empty for the model's own
 * @param cacheDirectory where native libraries may be unpacked, or empty for the default
 * @param listener hears of the loading
 * @param engineListener hears of requests
 */
public record EngineOptions(
    Path model,
    Backend backend,
    Numerics numerics,
    WeightMemory weightMemory,
    SenseDevices senses,
    Attention attention,
    Scheduling scheduling,
    WorkerThreads threads,
    Gpus gpus,
    Parallel parallel,
    Experts experts,
    OptionalInt contextLength,
    Optional<Path> cacheDirectory,
    LoadingListener listener,
    EngineListener engineListener) {}
