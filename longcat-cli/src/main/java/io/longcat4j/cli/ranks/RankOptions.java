package io.longcat4j.cli.ranks;

import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.parallel.Launch;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Over how many ranks a model is spread; the same for every command that loads one. */
public final class RankOptions {
  /** What ranks are. */
  enum Kind {
    LOCAL,
    MPI,
    PROCESSES,
    AUTO
  }

  @Option(
      names = "--ranks",
      paramLabel = "N",
      description =
          "Spread the language model over N ranks, threads of this process: one for each NUMA node"
              + " is best. Default: one rank.")
  private Optional<Integer> ranks = Optional.empty();

  @Option(
      names = "--parallel",
      paramLabel = "KIND",
      description = {
        "What the ranks are: local (threads, as many as --ranks says), mpi (processes that mpirun or"
            + " srun started), processes (processes that know RANK, WORLD_SIZE, MASTER_ADDR and"
            + " MASTER_PORT, or that srun or LeaderWorkerSet started, over TCP), auto (processes"
            + " where there are several, else one thread for each NUMA node). Processes that shall"
            + " talk beyond this host share a secret in the variable "
            + Launch.TOKEN
            + "."
      })
  private Optional<Kind> kind = Optional.empty();

  @Option(
      names = "--experts",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "How ranks share experts: whole (one rank and many give the same ids), sliced (balances"
              + " single tokens better, and rounds in an order of its own), auto (whole wherever"
              + " their number divides). Default: ${DEFAULT-VALUE}.")
  private Experts experts = Experts.AUTO;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      description = "How long a rank may be silent before it counts as failed. Default: 10s.")
  private Optional<Duration> patience = Optional.empty();

  @Option(
      names = "--listen-on",
      paramLabel = "ADDRESS|INTERFACE",
      description =
          "Where ranks that are processes wait for each other. Default: the loopback interface.")
  private Optional<String> listenOn = Optional.empty();

  @Option(
      names = "--encoders-on-rank",
      paramLabel = "K",
      description =
          "Which rank sees, hears and speaks, where a command does: it then holds up no pass of rank"
              + " 0. Default: 0.")
  private Optional<Integer> encodersOn = Optional.empty();

  /**
   * What the ranks are.
   *
   * @return as asked for
   * @throws InvalidRequestException if options contradict each other
   */
  public Parallel parallel() {
    Parallel chosen = chosen();
    boolean oneProcess =
        chosen.kind() == Parallel.Kind.SINGLE || chosen.kind() == Parallel.Kind.LOCAL;
    if (patience.isPresent() && chosen.kind() == Parallel.Kind.SINGLE) {
      throw new InvalidRequestException(
          "--patience is about other ranks, but there is one; add --ranks N or --parallel KIND");
    }
    if (encodersOn.isPresent() && chosen.kind() == Parallel.Kind.SINGLE) {
      throw new InvalidRequestException(
          "--encoders-on-rank is about several ranks, but there is one; add --ranks N or --parallel"
              + " KIND");
    }
    if (listenOn.isPresent() && oneProcess) {
      throw new InvalidRequestException(
          "--listen-on is about ranks that are processes; add --parallel mpi, processes or auto, or"
              + " leave it out");
    }
    if (patience.isPresent()) {
      chosen = chosen.patience(patience.get());
    }
    if (encodersOn.isPresent()) {
      chosen = chosen.encodersOn(encodersOn.get());
    }
    if (listenOn.isPresent()) {
      chosen = chosen.listenOn(listenOn.get());
    }
    return chosen;
  }

  private Parallel chosen() {
    if (kind.isEmpty()) {
      return ranks.map(Parallel::local).orElseGet(Parallel::single);
    }
    if (kind.get() == Kind.LOCAL) {
      return Parallel.local(
          ranks.orElseThrow(
              () ->
                  new InvalidRequestException(
                      "--parallel local does not tell how many ranks there shall be; add --ranks N,"
                          + " or pass --parallel auto")));
    }
    if (ranks.isPresent()) {
      throw new InvalidRequestException(
          kind.get() == Kind.AUTO
              ? "--parallel auto chooses the number of ranks itself; leave out --ranks, or pass"
                  + " --parallel local"
              : "with --parallel "
                  + lower(kind.get())
                  + " whoever starts the processes tells how many there are; leave out --ranks, or"
                  + " pass --parallel local");
    }
    return switch (kind.get()) {
      case MPI -> Parallel.mpi();
      case PROCESSES -> Parallel.processes();
      case AUTO, LOCAL -> Parallel.auto();
    };
  }

  /**
   * How they share experts.
   *
   * @return as asked for
   */
  public Experts experts() {
    return experts;
  }

  /**
   * Whether this process will be a rank other than the first, as far as its environment tells: it
   * then has no use for what a command reads or writes.
   *
   * @return false for rank 0, and where there is one process
   */
  public boolean willFollow() {
    return willFollow(System.getenv());
  }

  boolean willFollow(Map<String, String> environment) {
    return kind.isPresent()
        && kind.get() != Kind.LOCAL
        && Launch.find(environment).map(launch -> launch.rank() > 0).orElse(false);
  }

  /**
   * Hands the choice to a builder.
   *
   * @param builder receives it
   * @throws InvalidRequestException if options contradict each other
   */
  public void applyTo(LongCat.Builder builder) {
    builder.parallel(parallel()).experts(experts);
  }

  /**
   * The options as typed, for reports.
   *
   * @return with a blank before each; empty for one rank
   */
  public String words() {
    StringBuilder words = new StringBuilder();
    kind.ifPresent(one -> words.append(" --parallel ").append(lower(one)));
    ranks.ifPresent(count -> words.append(" --ranks ").append(count));
    encodersOn.ifPresent(rank -> words.append(" --encoders-on-rank ").append(rank));
    if (experts != Experts.AUTO) {
      words.append(" --experts ").append(lower(experts));
    }
    return words.toString();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
