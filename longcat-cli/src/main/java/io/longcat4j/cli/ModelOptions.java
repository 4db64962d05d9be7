package io.longcat4j.cli;

import io.longcat4j.Attention;
import io.longcat4j.Backend;
import io.longcat4j.Device;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Numerics;
import io.longcat4j.RankFailedException;
import io.longcat4j.cli.ranks.RankOptions;
import io.longcat4j.spi.SenseDevices;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a checkpoint is opened. */
final class ModelOptions {
  static final String TINY_NOTE =
      "note: no --model was given, so LongCat-Tiny answers, which knows a small world of shapes,"
          + " numbers and simple English.";

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "Checkpoint directory in the published layout. Default: LongCat-Tiny, a small trained"
              + " model that is part of this program and knows a small world.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = {
        "What computes the language model: auto (the fastest that works here), cpu (native"
            + " kernels), reference (plain Java, slow), cuda. Default: ${DEFAULT-VALUE}."
      })
  private String backend = "auto";

  @Option(
      names = "--numerics",
      paramLabel = "NAME",
      defaultValue = "exact",
      description =
          "How exactly the language model is computed: exact (F32 activations), bf16 (rounded to"
              + " BF16 before products) or fp8 (to E4M3 before FP8 weights, for GPUs that multiply"
              + " such numbers). Default: ${DEFAULT-VALUE}.")
  private Numerics numerics = Numerics.EXACT;

  @Mixin private WeightOptions weights = new WeightOptions();

  @Mixin private final GpuOptions gpus = new GpuOptions();

  @Mixin private final RankOptions ranks = new RankOptions();

  @Option(
      names = "--encoders",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      converter = DevicesArgument.class,
      description =
          "What computes the encoders and the voice: cpu, cuda, cuda:1 for the second GPU, or each"
              + " for itself, such as eyes=cuda,voice=cuda:1. Default: ${DEFAULT-VALUE}.")
  private SenseDevices encoders = SenseDevices.all(Device.cpu());

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads. Default: one for each core.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--pin-threads",
      description =
          "Keep each worker thread on a CPU of its own, where the system permits it: for a machine"
              + " that serves this model alone.")
  private boolean pinThreads;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Upper bound of positions in one request. Default: the model's own.")
  private Optional<Integer> contextLength = Optional.empty();

  @Option(
      names = "--attention",
      paramLabel = "POLICY",
      description =
          "Which cached positions each generated token looks at: dense, top-k:N,"
              + " top-share:RHO:LEAST, int8:N, columns:N, pages:N, int8:RHO:LEAST, columns:RHO:LEAST,"
              + " pages:RHO:LEAST or window:SINKS:RECENT; behind it, after commas, shared, sinks=N, recent=N,"
              + " dense-prefix=N, blocks=0+3+8, measure=STEPS and speculative. Default: dense.")
  private Optional<String> attention = Optional.empty();

  @Option(
      names = "--attention-top-k",
      paramLabel = "N",
      description =
          "Let each generated token look only at the N cached positions with the highest scores:"
              + " --attention top-k:N.")
  private Optional<Integer> attentionTopK = Optional.empty();

  @Option(
      names = "--cache-dir",
      paramLabel = "DIR",
      description = "Where native libraries and LongCat-Tiny may be unpacked.")
  private Optional<Path> cacheDirectory = Optional.empty();

  @Option(
      names = {"-q", "--quiet"},
      description = "Show no progress, statistics or notes; warnings and errors stay.")
  private boolean quiet;

  private Consumer<LongCat.Builder> settings = builder -> {};
  private boolean measuresAttention;

  boolean isQuiet() {
    return quiet;
  }

  /** Has a policy that says nothing of it measure every step. */
  void measureAttention() {
    measuresAttention = true;
  }

  boolean isTiny() {
    return model.isEmpty();
  }

  /**
   * Whether this process is a rank other than the first, as far as its environment tells. It reads
   * and writes nothing of its own: {@link #follow} is all it has to do.
   */
  boolean willFollow() {
    return ranks.willFollow();
  }

  /** Takes part in what rank 0 does with the model that was named, or with the small one. */
  void follow(Terminal terminal) {
    use(terminal, ModelOptions::answered);
  }

  /** The same with another model. */
  void follow(Path directory, Terminal terminal) {
    use(directory, terminal, ModelOptions::answered);
  }

  private static Void answered(LongCat longcat) {
    throw new RankFailedException(
        0,
        "",
        "This process was started as a rank other than 0, but its model has no rank 0 to follow;"
            + " start all ranks by the same command");
  }

  /**
   * Uses the model that was named, or the small one.
   *
   * @return empty if this process is a follower: it has followed
   */
  <T> Optional<T> use(Terminal terminal, Function<LongCat, T> work) {
    if (isTiny()) {
      if (!quiet && !willFollow()) {
        terminal.err().println(TINY_NOTE);
      }
      return use(LongCat.builder().tiny(), terminal, work);
    }
    return use(model.get(), terminal, work);
  }

  /** The same, with more settings. */
  <T> Optional<T> use(
      Terminal terminal, Consumer<LongCat.Builder> settings, Function<LongCat, T> work) {
    this.settings = settings;
    return use(terminal, work);
  }

  /** What clients of a server read as the model's name. */
  String modelName() {
    return model
        .map(Path::toAbsolutePath)
        .map(Path::normalize)
        .map(Path::getFileName)
        .map(Path::toString)
        .orElse("longcat-tiny");
  }

  /** The same with another model. */
  <T> Optional<T> use(Path directory, Terminal terminal, Function<LongCat, T> work) {
    return use(LongCat.builder().model(directory), terminal, work);
  }

  private <T> Optional<T> use(
      LongCat.Builder builder, Terminal terminal, Function<LongCat, T> work) {
    try (LongCat longcat = open(builder, terminal)) {
      if (longcat.isFollower()) {
        longcat.follow();
        return Optional.empty();
      }
      return Optional.of(work.apply(longcat));
    }
  }

  private LongCat open(LongCat.Builder builder, Terminal terminal) {
    builder
        .backend(new Backend(backend))
        .numerics(numerics)
        .weights(weights.toWeightMemory())
        .eyes(encoders.eyes())
        .ears(encoders.ears())
        .voice(encoders.voice())
        .gpus(gpus.toGpus())
        .pinThreads(pinThreads);
    threads.ifPresent(builder::threads);
    contextLength.ifPresent(builder::contextLength);
    if (attention.isPresent() && attentionTopK.isPresent()) {
      throw new InvalidRequestException("Give --attention or --attention-top-k, not both");
    }
    attention.map(Attention::parse).map(this::measured).ifPresent(builder::attention);
    attentionTopK.map(Attention::topK).map(this::measured).ifPresent(builder::attention);
    cacheDirectory.ifPresent(builder::cacheDirectory);
    ranks.applyTo(builder);
    settings.accept(builder);
    if (!quiet && !willFollow()) {
      builder.onProgress(new ConsoleProgress(terminal));
    }
    return builder.build();
  }

  private Attention measured(Attention wanted) {
    return measuresAttention && !wanted.isDense() && wanted.measureEvery() == 0
        ? wanted.toBuilder().measureEvery(1).build()
        : wanted;
  }
}
