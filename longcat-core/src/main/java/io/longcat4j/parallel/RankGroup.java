package io.longcat4j.parallel;

import io.longcat4j.Parallel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The ranks that this process drives: one that the caller's thread drives, and others that want
 * threads of their own.
 *
 * @param own rank 0 of threads, or the rank that this process is
 * @param others threads of this process; none where ranks are processes
 */
public record RankGroup(Ranks own, List<Ranks> others) {
  private static final String MPI = "mpi";

  /** Keeps a list of its own. */
  public RankGroup {
    others = List.copyOf(others);
  }

  /**
   * One rank that holds everything.
   *
   * @return the group
   */
  public static RankGroup single() {
    return new RankGroup(Ranks.single(), List.of());
  }

  /**
   * Threads of this process.
   *
   * @param ranks at least 1
   * @param times how long they wait for each other
   * @return the group; each rank is to be closed, rank 0 first
   */
  public static RankGroup local(int ranks, RankTimes times) {
    List<Ranks> all = LocalRanks.open(ranks, times);
    return new RankGroup(all.get(0), all.subList(1, all.size()));
  }

  /**
   * Meets the others as asked for; where they are processes, this waits for all to come.
   *
   * @param kind where it is {@link Parallel.Kind#AUTO}, processes that were started as several
   *     meet, and any other is single
   * @param parallel what was asked for
   * @param introduction what a process tells of itself
   * @param environment of this process
   * @return the group; each rank is to be closed, rank 0 first
   * @throws io.longcat4j.LongCatException if ranks cannot meet; the message says what to do
   */
  public static RankGroup open(
      Parallel.Kind kind,
      Parallel parallel,
      Supplier<Introduction> introduction,
      Map<String, String> environment) {
    RankTimes times = times(parallel.patience());
    return switch (kind) {
      case SINGLE -> single();
      case LOCAL -> local(parallel.ranks().orElseThrow(), times);
      case PROCESSES -> {
        Launch launch = launch(parallel, environment);
        yield new RankGroup(ProcessRanks.join(launch, introduction.get(), times), List.of());
      }
      case MPI -> {
        RankProvider provider = RankProvider.named(MPI);
        Launch launch = launch(parallel, environment);
        yield new RankGroup(provider.join(launch, introduction.get(), times), List.of());
      }
      case AUTO -> open(launched(environment), parallel, introduction, environment);
    };
  }

  private static Parallel.Kind launched(Map<String, String> environment) {
    return Launch.find(environment)
        .filter(launch -> launch.size() > 1)
        .map(launch -> launch.isMpi() ? Parallel.Kind.MPI : Parallel.Kind.PROCESSES)
        .orElse(Parallel.Kind.SINGLE);
  }

  private static RankTimes times(Duration patience) {
    Duration joining = RankTimes.DEFAULTS.joining();
    return RankTimes.DEFAULTS
        .withPatience(patience)
        .withJoining(joining.compareTo(patience) > 0 ? joining : patience);
  }

  private static Launch launch(Parallel parallel, Map<String, String> environment) {
    return Launch.of(environment).with(parallel.token(), parallel.listenOn());
  }
}
