package io.longcat4j.parallel;

import io.longcat4j.BackendException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How this process was started as one of several, read from variables of the environment: those of
 * Open MPI's {@code mpirun} ({@code OMPI_COMM_WORLD_SIZE}, {@code OMPI_COMM_WORLD_RANK}), of
 * Slurm's {@code srun} ({@code SLURM_NTASKS}, {@code SLURM_PROCID} in a step), of PMI ({@code
 * PMI_SIZE}, {@code PMI_RANK}), plain ones ({@code WORLD_SIZE}, {@code RANK}) and those of a
 * Kubernetes LeaderWorkerSet ({@code LWS_GROUP_SIZE}, {@code LWS_WORKER_INDEX}). Where several are
 * there, they must agree. Immutable.
 *
 * @param startedBy such as {@code mpirun}
 * @param sizeVariable which told the size
 * @param size how many ranks there are, at least 1
 * @param rank which one this is, from 0
 * @param address where rank 0 can be reached: {@code MASTER_ADDR}, else {@code LWS_LEADER_ADDRESS},
 *     else {@code SLURM_LAUNCH_NODE_IPADDR}, else the loopback where all ranks of {@code mpirun}
 *     are on one host
 * @param port where rank 0 listens: {@code MASTER_PORT}, else {@value #DEFAULT_PORT}
 * @param token the secret that all ranks share, {@code LONGCAT_TOKEN}
 * @param networkInterface the name or address of the interface on which rank 0 listens, {@code
 *     LONGCAT_INTERFACE}
 * @param onHost how many of the ranks are on this host; 1 where the environment does not tell
 */
public record Launch(
    String startedBy,
    String sizeVariable,
    int size,
    int rank,
    Optional<String> address,
    int port,
    Optional<String> token,
    Optional<String> networkInterface,
    int onHost) {
  /** Where rank 0 listens unless told otherwise. */
  public static final int DEFAULT_PORT = 29540;

  /** The variable with the secret that all ranks share. */
  public static final String TOKEN = "LONGCAT_TOKEN";

  /** The variable with the interface on which rank 0 listens. */
  public static final String INTERFACE = "LONGCAT_INTERFACE";

  private static final List<String> ON_HOST =
      List.of("OMPI_COMM_WORLD_LOCAL_SIZE", "LOCAL_WORLD_SIZE", "LWS_PROCESSES_HERE");
  private static final int MOST_RANKS = 4096;
  private static final int SHORTEST_TOKEN = 16;

  /** A pair of variables, and who sets them. */
  private record Pair(String startedBy, String size, String rank) {}

  private static final Pair MPIRUN =
      new Pair("mpirun", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK");
  private static final Pair SRUN = new Pair("srun", "SLURM_NTASKS", "SLURM_PROCID");
  private static final List<Pair> OTHERS =
      List.of(
          new Pair("PMI", "PMI_SIZE", "PMI_RANK"),
          new Pair("RANK and WORLD_SIZE", "WORLD_SIZE", "RANK"),
          new Pair("LeaderWorkerSet", "LWS_GROUP_SIZE", "LWS_WORKER_INDEX"));

  /** Hides the token. */
  @Override
  public String toString() {
    return "rank %d of %d, started by %s".formatted(rank, size, startedBy);
  }

  /**
   * The same with what the application chose, where it did.
   *
   * @param chosenToken goes before {@link #token}
   * @param chosenInterface goes before {@link #networkInterface}
   * @return the launch
   * @throws BackendException if the token is too short to be one
   */
  public Launch with(Optional<String> chosenToken, Optional<String> chosenInterface) {
    return new Launch(
        startedBy,
        sizeVariable,
        size,
        rank,
        address,
        port,
        longEnough("The token", chosenToken).or(() -> token),
        chosenInterface.or(() -> networkInterface),
        onHost);
  }

  /**
   * Reads how this process was started.
   *
   * @param environment such as {@link System#getenv()}
   * @return how
   * @throws BackendException if it was not started as one of several, or variables are missing, no
   *     numbers, or contradict each other; the message names them
   */
  public static Launch of(Map<String, String> environment) {
    return find(environment)
        .orElseThrow(
            () ->
                new BackendException(
                    "this process was not started as one of several ranks: there are neither"
                        + " OMPI_COMM_WORLD_RANK, SLURM_PROCID, PMI_RANK, RANK nor LWS_WORKER_INDEX"
                        + " in its environment; start all ranks with mpirun -n N or srun -n N, or"
                        + " each with RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT and "
                        + TOKEN));
  }

  /**
   * Reads how this process was started, if it is one of several.
   *
   * @param environment such as {@link System#getenv()}
   * @return how, or nothing where no variable tells of ranks
   * @throws BackendException if variables are missing, no numbers, or contradict each other
   */
  public static Optional<Launch> find(Map<String, String> environment) {
    Launch found = null;
    for (Pair pair : pairs(environment)) {
      Launch next = read(pair, environment);
      if (next != null && found != null) {
        requireSame(found, next, pair);
      }
      found = found == null ? next : found;
    }
    return Optional.ofNullable(found);
  }

  private static List<Pair> pairs(Map<String, String> environment) {
    List<Pair> pairs = new ArrayList<>();
    pairs.add(MPIRUN);
    // An allocation sets them too, for what is no rank, and mpirun within it hands them on.
    boolean isStep =
        environment.containsKey("SLURM_STEP_ID") || environment.containsKey("SLURM_STEPID");
    if (isStep && !environment.containsKey(MPIRUN.rank)) {
      pairs.add(SRUN);
    }
    pairs.addAll(OTHERS);
    return pairs;
  }

  private static @Nullable Launch read(Pair pair, Map<String, String> environment) {
    boolean hasSize = isSet(environment, pair.size);
    boolean hasRank = isSet(environment, pair.rank);
    if (!hasSize && !hasRank) {
      return null;
    }
    if (!hasSize || !hasRank) {
      throw new BackendException(
          "%s is set and %s is not; set both, or none"
              .formatted(hasSize ? pair.size : pair.rank, hasSize ? pair.rank : pair.size));
    }
    int size = number(environment, pair.size, 1, MOST_RANKS);
    int rank = number(environment, pair.rank, 0, size - 1);
    int port =
        isSet(environment, "MASTER_PORT")
            ? number(environment, "MASTER_PORT", 1, 65535)
            : DEFAULT_PORT;
    return new Launch(
        pair.startedBy,
        pair.size,
        size,
        rank,
        address(pair, size, environment),
        port,
        token(environment),
        text(environment, INTERFACE),
        onHost(size, environment));
  }

  private static int onHost(int size, Map<String, String> environment) {
    for (String variable : ON_HOST) {
      if (isSet(environment, variable)) {
        return number(environment, variable, 1, size);
      }
    }
    return 1;
  }

  /**
   * Whether a launcher of MPI started this process.
   *
   * @return false where it may be one, but nothing tells
   */
  public boolean isMpi() {
    return startedBy.equals(MPIRUN.startedBy);
  }

  private static Optional<String> address(Pair pair, int size, Map<String, String> environment) {
    for (String variable : List.of("MASTER_ADDR", "LWS_LEADER_ADDRESS")) {
      if (isSet(environment, variable)) {
        return text(environment, variable);
      }
    }
    if (pair.equals(SRUN)) {
      return text(environment, "SLURM_LAUNCH_NODE_IPADDR");
    }
    boolean oneHost =
        pair.equals(MPIRUN)
            && text(environment, "OMPI_COMM_WORLD_LOCAL_SIZE").equals(Optional.of("" + size));
    return oneHost ? Optional.of("127.0.0.1") : Optional.empty();
  }

  private static Optional<String> token(Map<String, String> environment) {
    return longEnough(TOKEN, text(environment, TOKEN));
  }

  private static Optional<String> longEnough(String what, Optional<String> token) {
    if (token.isPresent() && token.get().length() < SHORTEST_TOKEN) {
      throw new BackendException(
          "%s has %d characters; take a random one of at least %d, the same on all ranks"
              .formatted(what, token.get().length(), SHORTEST_TOKEN));
    }
    return token;
  }

  private static void requireSame(Launch one, Launch other, Pair pair) {
    if (one.size != other.size || one.rank != other.rank) {
      throw new BackendException(
          "%s says rank %d of %d, but %s and %s say rank %d of %d; unset those that are wrong"
              .formatted(
                  one.startedBy, one.rank, one.size, pair.rank, pair.size, other.rank, other.size));
    }
  }

  private static boolean isSet(Map<String, String> environment, String variable) {
    return !environment.getOrDefault(variable, "").isBlank();
  }

  private static Optional<String> text(Map<String, String> environment, String variable) {
    return isSet(environment, variable)
        ? Optional.of(environment.getOrDefault(variable, "").strip())
        : Optional.empty();
  }

  private static int number(Map<String, String> environment, String variable, int from, int to) {
    String text = environment.getOrDefault(variable, "").strip();
    try {
      int value = Integer.parseInt(text);
      if (value >= from && value <= to) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, as numbers out of range are.
    }
    throw new BackendException(
        "%s is '%s'; it must be a number from %d to %d".formatted(variable, text, from, to));
  }
}
