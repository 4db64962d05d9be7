package io.longcat4j.engine;

import io.longcat4j.Device;
import io.longcat4j.LoadingListener;
import io.longcat4j.Parallel;
import io.longcat4j.WeightMemory;
import io.longcat4j.WeightMemory.Mode;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.model.Follower;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.ModelPart;
import io.longcat4j.model.Sharing;
import io.longcat4j.parallel.NumaNodes;
import io.longcat4j.parallel.Ranks;
import io.longcat4j.remote.RemoteSenses;
import io.longcat4j.remote.SenseSet;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.SenseDevices;
import io.longcat4j.spi.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes in the part of any rank as the application wants it. Thread-safe. */
final class RankLoader {
  private static final Logger LOG = LoggerFactory.getLogger(RankLoader.class);

  private final EngineOptions options;
  private final Checkpoint checkpoint;
  private final BackendSelection backends;
  private final Placement placement;
  private final DeviceBudget budget;
  private final RankCpus cpus;

  RankLoader(
      EngineOptions options,
      Checkpoint checkpoint,
      BackendSelection backends,
      Placement placement,
      DeviceBudget budget) {
    this.options = options;
    this.checkpoint = checkpoint;
    this.backends = backends;
    this.placement = placement;
    this.budget = budget;
    this.cpus = cpus(options, backends, placement);
  }

  private static RankCpus cpus(
      EngineOptions options, BackendSelection backends, Placement placement) {
    if (placement.kind() != Parallel.Kind.LOCAL || placement.ranks() == 1) {
      return RankCpus.free();
    }
    return RankCpus.of(
        placement.ranks(),
        NumaNodes.ofThisMachine(),
        backends.usableCpus(),
        options.threads().pinned());
  }

  /**
   * A rank's part.
   *
   * @param part owned by whoever asked
   * @param fallback why a slower backend computes than was hoped for
   */
  record Loaded(ModelPart part, Optional<String> fallback) {}

  /** On the thread that drives a rank of this process other than the first. */
  Follower loadElsewhere(Ranks ranks) {
    bind(ranks.rank());
    ModelPart part = load(ranks, progress -> ranks.check(), warning -> {}).part();
    return withSenses(ranks, part, LoadingListener.silent());
  }

  /** The part, and encoders and voice where this rank has those of all. */
  Follower withSenses(Ranks ranks, ModelPart part, LoadingListener listener) {
    if (options.parallel().encodersOn() != ranks.rank()) {
      return part;
    }
    try {
      List<String> warnings = new ArrayList<>();
      Modalities modalities =
          Modalities.open(checkpoint, options.senses(), context(listener, warnings::add));
      return new EncodingFollower(ranks, part, modalities, warnings, () -> bind(ranks.rank()));
    } catch (RuntimeException | Error e) {
      part.close();
      throw e;
    }
  }

  /** The encoders and the voice, wherever they are, for rank 0; owned by the caller. */
  Modalities senses(Ranks ranks, LoadingListener listener, Consumer<String> warnings) {
    int rank = options.parallel().encodersOn();
    if (rank == 0) {
      return opensSensesNow()
          ? Modalities.open(checkpoint, options.senses(), context(listener, warnings))
          : Modalities.of(
              checkpoint, options.senses(), context(LoadingListener.silent(), warnings));
    }
    SenseSet senses = RemoteSenses.open(ranks, rank);
    senses.warnings().forEach(warnings);
    return Modalities.of(checkpoint, senses, rank);
  }

  /**
   * Whoever wants all in memory means them too, and a GPU that cannot be had is told of at once.
   */
  private boolean opensSensesNow() {
    Mode mode = options.weightMemory().mode();
    return mode == Mode.PRELOADED
        || mode == Mode.LOCKED
        || !options.senses().equals(SenseDevices.all(Device.cpu()));
  }

  private ModalityContext context(LoadingListener listener, Consumer<String> warnings) {
    return new ModalityContext(
        options.model(),
        checkpoint.model().hiddenSize(),
        Device.cpu(),
        options.threads().countHere(),
        listener,
        warnings);
  }

  /** For the rank that this process is, or the first of its ranks; what it touches is near it. */
  Loaded loadHere(Ranks ranks, LoadingListener listener, Consumer<String> warnings) {
    if (cpus.of(ranks.rank()).isEmpty()) {
      return load(ranks, listener, warnings);
    }
    return RankThread.call(
        "longcat-rank-" + ranks.rank(),
        () -> {
          bind(ranks.rank());
          return load(ranks, listener, warnings);
        });
  }

  /** Runs what drives the first rank of this process. */
  void runHere(Runnable task) {
    bind(0);
    task.run();
  }

  /** Keeps the calling thread, and what it starts, near the memory of its rank. */
  private void bind(int rank) {
    cpus.of(rank).ifPresent(backends::bindCaller);
  }

  private Loaded load(Ranks ranks, LoadingListener listener, Consumer<String> warnings) {
    BackendSelection.Selected selected = backends.select(options.backend(), request(ranks.rank()));
    Sharing sharing = new Sharing(ranks, options.experts(), Planning.drafts(options, checkpoint));
    ModelPart part = ModelPart.load(checkpoint, selected.backend(), sharing, listener, warnings);
    try {
      selected.backend().settle(weightMemory(), listener);
    } catch (RuntimeException | Error e) {
      part.close();
      throw e;
    }
    return new Loaded(part, selected.fallback());
  }

  private BackendRequest request(int rank) {
    return new BackendRequest(
        threads(),
        options.numerics(),
        options.gpus(),
        placement.seat(rank, System.getenv()),
        placement.ranksHere(),
        budget.neededBytes());
  }

  /** Ranks on this host share its processors, unless it was said how many threads each has. */
  WorkerThreads threads() {
    WorkerThreads wanted = options.threads();
    boolean shared = placement.kind() == Parallel.Kind.LOCAL || wanted.count().isEmpty();
    if (placement.ranksHere() == 1 || !shared) {
      return wanted;
    }
    int each = Math.max(1, wanted.countHere() / placement.ranksHere());
    return new WorkerThreads(OptionalInt.of(each), wanted.pinned());
  }

  /** Pages that do not fit into memory would drive each other out. */
  private WeightMemory weightMemory() {
    WeightMemory wanted = options.weightMemory();
    long all =
        LanguageModel.weightBytes(checkpoint.weights(), Planning.drafts(options, checkpoint));
    long bytes = all / placement.ranks() * placement.ranksHere();
    if (wanted.mode() == Mode.ON_DEMAND || bytes <= Planning.memory()) {
      return wanted;
    }
    LOG.warn(
        "The weights have {} bytes, this machine {} of memory: they are read from disk as they are"
            + " touched, again and again. Use a smaller checkpoint, more hosts, or a machine with"
            + " more memory",
        bytes,
        Planning.memory());
    return new WeightMemory(Mode.ON_DEMAND, wanted.hugePages());
  }
}
