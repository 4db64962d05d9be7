package io.longcat4j.engine;

import io.longcat4j.CachePrecision;
import io.longcat4j.CheckpointException;
import io.longcat4j.Numerics;
import io.longcat4j.Plan;
import io.longcat4j.RankPlan;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.PyTorchFile;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.DeviceMemory;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.model.CacheIndexing;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.schedule.Limits;
import io.longcat4j.spi.EngineOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Adds up what a checkpoint will need, from its headers alone. */
final class Planning {
  /** Folders whose PyTorch files become sessions of ONNX Runtime in F32. */
  private static final List<String> SESSIONS = List.of("vision", "audio", "audio_codec");

  /** Part of the memory that the cache may fill, if nothing else is asked for. */
  private static final int CACHE_SHARE = 8;

  private static final int MOST_FULL_REQUESTS = 8;

  /** Slots are numbered by int, and pages are rounded up. */
  private static final int MOST_POSITIONS = Integer.MAX_VALUE - 1024;

  static final int PAGE = PagedCache.PAGE_POSITIONS;

  private Planning() {}

  /**
   * Adds up.
   *
   * @throws io.longcat4j.BackendException if GPUs were asked for and there are none, or too few
   */
  static Plan plan(EngineOptions options, BackendSelection backends) {
    Checkpoint checkpoint = Checkpoint.open(options.model());
    DeviceBudget budget = budget(options, checkpoint, backends);
    int positions =
        budget.isEmpty() ? cachePositions(options, checkpoint) : budget.cachePositions();
    return plan(options, checkpoint, positions, !budget.isEmpty()).onDevices(budget.devices());
  }

  /** What is taken of the GPUs of this host. */
  static DeviceBudget budget(
      EngineOptions options, Checkpoint checkpoint, BackendSelection backends) {
    Placement placement = placement(options, checkpoint);
    List<DeviceMemory> memories =
        backends.devices(options.backend(), options.gpus(), placement.ranksHere());
    if (memories.isEmpty()) {
      return DeviceBudget.none();
    }
    List<RankPlan> ranks =
        plan(options, checkpoint, /* cachePositions= */ 1, /* onDevices= */ true).ranks();
    return DeviceBudget.of(options, checkpoint, placement, memories, ranks);
  }

  static Plan plan(
      EngineOptions options, Checkpoint checkpoint, int cachePositions, boolean onDevices) {
    ModelConfig config = checkpoint.model();
    boolean speaks = checkpoint.hasSpeechHeads();
    RankPlanning.Others others =
        new RankPlanning.Others(
            options.parallel().encodersOn(),
            SESSIONS.stream().mapToLong(folder -> widened(checkpoint.directory(), folder)).sum(),
            speaks ? bytes(checkpoint.audioOutputLayers()) : 0,
            speaks ? bytes(checkpoint.audioEmbeddings()) : 0);
    int positions = wholePages(cachePositions);
    long position = positionBytes(options, checkpoint);
    Placement placement = placement(options, checkpoint);
    RankPlanning.Team team =
        new RankPlanning.Team(
            placement.ranks(), placement.areNear() && !onDevices, options.experts());
    List<RankPlan> ranks =
        RankPlanning.plan(
            config,
            weights(options, checkpoint),
            others,
            team,
            Math.multiplyExact(position, (long) positions));
    Plan plan =
        new Plan(
            weightBytes(options, checkpoint) + others.speechBytes() + others.speechTableBytes(),
            others.encoderBytes(),
            Math.min(contextLength(options, config), positions),
            position,
            positions,
            memory(),
            ranks,
            RankPlanning.sharing(config, ranks, team, placement.why()));
    return plan.onHosts(ceilDiv(placement.ranks(), placement.ranksHere()));
  }

  /** What was asked for by {@code parallel}, on this machine. */
  static Placement placement(EngineOptions options, Checkpoint checkpoint) {
    return Placement.of(
        options.parallel(),
        options.experts(),
        checkpoint.model(),
        weightBytes(options, checkpoint),
        Placement.Machine.here());
  }

  private static long weightBytes(EngineOptions options, Checkpoint checkpoint) {
    return LanguageModel.weightBytes(checkpoint.weights(), drafts(options, checkpoint));
  }

  private static List<WeightSize> weights(EngineOptions options, Checkpoint checkpoint) {
    return LanguageModel.weights(checkpoint.weights(), drafts(options, checkpoint))
        .map(tensor -> new WeightSize(tensor.name(), tensor.narrowed().byteSize()))
        .toList();
  }

  private static int ceilDiv(int size, int part) {
    return (size + part - 1) / part;
  }

  /** Whether the layer for multi-token prediction is there and of use. */
  static boolean drafts(EngineOptions options, Checkpoint checkpoint) {
    return options.scheduling().speculative()
        && (options.attention().isDense() || options.attention().speculative())
        && LanguageModel.canDraft(checkpoint.weights());
  }

  static long positionBytes(EngineOptions options, Checkpoint checkpoint) {
    ModelConfig config = checkpoint.model();
    boolean drafts = drafts(options, checkpoint);
    long page =
        CacheIndexing.of(AttentionPolicy.of(options.attention()))
            .pageBytes(
                config.kvLoraRank(),
                config.qkRopeHeadDim(),
                LanguageModel.cacheBlocks(config, drafts),
                PAGE);
    return positionBytes(config, cacheFormat(options), drafts) + (page + PAGE - 1) / PAGE;
  }

  static long positionBytes(ModelConfig config, RowFormat format, boolean drafts) {
    int columns = config.kvLoraRank() + config.qkRopeHeadDim();
    return LanguageModel.cacheBlocks(config, drafts) * format.rowBytes(columns);
  }

  /** How past positions are kept: as asked, or in the precision of the numerics. */
  static RowFormat cacheFormat(EngineOptions options) {
    CachePrecision numerics =
        options.numerics() == Numerics.EXACT ? CachePrecision.F32 : CachePrecision.BF16;
    return format(options.scheduling().cachePrecision().orElse(numerics));
  }

  static RowFormat format(CachePrecision precision) {
    return switch (precision) {
      case F32 -> RowFormat.F32;
      case BF16 -> RowFormat.BF16;
      case FP8 -> RowFormat.FP8;
    };
  }

  /** Positions of all requests together that the cache shall hold, which each rank has whole. */
  static int cachePositions(EngineOptions options, Checkpoint checkpoint) {
    long position = positionBytes(options, checkpoint);
    int context = contextLength(options, checkpoint.model());
    int ranksHere = placement(options, checkpoint).ranksHere();
    OptionalLong wanted = options.scheduling().cacheBytes();
    long positions =
        wanted.isPresent()
            ? wanted.getAsLong() / position
            : Math.min(
                Math.max(context, memory() / CACHE_SHARE / ranksHere / position),
                mostPositions(context));
    return (int) Math.max(1, Math.min(positions, MOST_POSITIONS));
  }

  /** More would hold only what nobody asks for again. */
  static long mostPositions(int context) {
    return (long) context * MOST_FULL_REQUESTS;
  }

  /** Positions of as many pages as these fill. */
  static int wholePages(long positions) {
    int bounded = (int) Math.max(1, Math.min(positions, MOST_POSITIONS));
    return Math.multiplyExact(PagedCache.pagesFor(bounded), PAGE);
  }

  static Limits limits(EngineOptions options) {
    return new Limits(options.scheduling().maxRunning(), options.scheduling().queueLimit());
  }

  /** Upper bound of the positions of one request. */
  static int contextLength(EngineOptions options, ModelConfig config) {
    int most = config.maxPositionEmbeddings();
    return Math.min(options.contextLength().orElse(most), most);
  }

  static long bytes(TensorSource source) {
    return source.names().stream().map(source::require).mapToLong(StoredTensor::byteSize).sum();
  }

  private static long widened(Path directory, String folder) {
    Path path = directory.resolve(folder);
    if (!Files.isDirectory(path)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> file.toString().endsWith(".pt"))
          .filter(file -> !file.getFileName().toString().startsWith("audio_output_layers"))
          .filter(file -> !file.getFileName().toString().startsWith("audio_embeddings"))
          .map(PyTorchFile::open)
          .mapToLong(Planning::elements)
          .map(elements -> elements * Float.BYTES)
          .sum();
    } catch (IOException e) {
      throw new CheckpointException(path + ": cannot be listed (" + e + ")", e);
    }
  }

  private static long elements(TensorSource source) {
    return source.names().stream()
        .map(source::require)
        .mapToLong(tensor -> tensor.shape().elements())
        .sum();
  }

  /** Bytes of this machine, or of the container it runs in. */
  static long memory() {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      return system.getTotalMemorySize();
    }
    return Long.MAX_VALUE;
  }
}
