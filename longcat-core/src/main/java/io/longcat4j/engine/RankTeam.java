package io.longcat4j.engine;

import io.longcat4j.Parallel;
import io.longcat4j.RankFigures;
import io.longcat4j.RankPlan;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.model.LocalFollowers;
import io.longcat4j.parallel.Figures;
import io.longcat4j.parallel.Introduction;
import io.longcat4j.parallel.Launch;
import io.longcat4j.parallel.RankGroup;
import io.longcat4j.parallel.Ranks;
import io.longcat4j.spi.EngineOptions;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ranks that an engine computes with: this one, and those that are threads of this process.
 * Closing ends the others.
 */
final class RankTeam implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Ranks own;
  private final List<Ranks> local;
  private @Nullable LocalFollowers followers;
  private Cleaner.@Nullable Cleanable forgotten;

  private RankTeam(RankGroup group) {
    this.own = group.own();
    this.local = group.others();
  }

  /**
   * Whether this process was started as a rank other than 0.
   *
   * @throws io.longcat4j.BackendException if variables of the environment contradict each other
   */
  static boolean willFollow(Parallel parallel, Map<String, String> environment) {
    return switch (parallel.kind()) {
      case SINGLE, LOCAL -> false;
      case MPI, PROCESSES, AUTO ->
          Launch.find(environment).map(launch -> launch.rank() > 0).orElse(false);
    };
  }

  /** Meets the others; waits for all to come. */
  static RankTeam join(
      EngineOptions options, Checkpoint checkpoint, Placement placement, DeviceBudget budget) {
    Parallel parallel =
        placement.kind() == Parallel.Kind.LOCAL
            ? Parallel.local(placement.ranks()).patience(options.parallel().patience())
            : options.parallel();
    return new RankTeam(
        RankGroup.open(
            placement.kind(),
            parallel,
            () -> introduction(options, checkpoint, budget, Launch.of(System.getenv()).rank()),
            System.getenv()));
  }

  /** What a rank tells the others before anything is loaded. */
  static Introduction introduction(
      EngineOptions options, Checkpoint checkpoint, DeviceBudget budget, int rank) {
    int positions = Planning.cachePositions(options, checkpoint);
    RankPlan plan =
        Planning.plan(options, checkpoint, positions, !budget.isEmpty()).ranks().get(rank);
    long onHost = budget.isEmpty() ? plan.copiedBytes() + plan.cacheBytes() : 0;
    long needed = onHost + plan.encoderBytes();
    return Introduction.of(fingerprint(options, checkpoint), needed, Planning.memory());
  }

  /** Of the checkpoint, and of what must be chosen alike for ranks to compute alike. */
  private static byte[] fingerprint(EngineOptions options, Checkpoint checkpoint) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(checkpoint.fingerprint());
      String chosen =
          options.numerics()
              + "\n"
              + options.experts()
              + "\n"
              + Planning.cacheFormat(options)
              + "\n"
              + Planning.drafts(options, checkpoint)
              + "\n"
              + options.parallel().encodersOn();
      return digest.digest(chosen.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** This process's rank, or the first of its ranks. */
  Ranks own() {
    return own;
  }

  /**
   * Starts the ranks that are threads of this process, on threads of their own. They know the
   * ranks, not this: where nobody holds it any more, they end.
   */
  void start(LocalFollowers.Loader loader) {
    if (!local.isEmpty()) {
      Ranks first = own;
      forgotten = CLEANER.register(this, first::close);
    }
    followers = LocalFollowers.start(local, loader);
  }

  /** What collectives have cost so far; nothing for one rank. */
  List<RankFigures> figures() {
    if (own.size() == 1) {
      return List.of();
    }
    List<RankFigures> all = new ArrayList<>();
    List<Figures> figures = own.figures();
    for (int rank = 0; rank < own.size(); rank++) {
      Figures of = figures.get(rank);
      all.add(
          new RankFigures(
              rank,
              own.hosts().get(rank),
              Duration.ofNanos(of.nanos()),
              Duration.ofNanos(of.waitingNanos()),
              of.bytes()));
    }
    return List.copyOf(all);
  }

  /** Lines for a person; nothing where one rank is what was asked for. */
  List<String> describe(Placement placement, Parallel asked) {
    if (own.size() == 1) {
      return asked.kind() == Parallel.Kind.AUTO ? List.of("ranks: " + placement.why()) : List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add("ranks: " + own.describe() + ". " + placement.why());
    figures().forEach(of -> lines.add("  " + of.describe()));
    return lines;
  }

  /** Tells the other ranks why they have to end. */
  void abort(Throwable cause) {
    own.abort(cause);
  }

  /** Idempotent. */
  @Override
  public void close() {
    own.close();
    if (forgotten != null) {
      forgotten.clean();
    }
    if (followers != null) {
      followers.close();
    }
  }
}
