package io.longcat4j;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Over how many ranks one model is spread, and what they are: threads of this JVM, or processes on
 * one host or several. Every rank holds a slice of the weights and computes its share of every
 * token; 1, 2, 4 and 8 ranks give the same ids.
 *
 * <p>Where ranks are processes, all of them run the same program, which builds the same model. On
 * rank 0 it is used as ever; on the others {@link LongCat#isFollower()} is true, and {@link
 * LongCat#follow()} takes part until rank 0 closes:
 *
 * <pre>{@code
 * try (LongCat longcat = LongCat.builder().model(directory).parallel(Parallel.mpi()).build()) {
 *   if (longcat.isFollower()) {
 *     longcat.follow();
 *   } else {
 *     System.out.println(longcat.generate(Prompt.user(Text.of("What can you do?"))).text());
 *   }
 * }
 * }</pre>
 *
 * <p>Immutable.
 */
public final class Parallel {
  /** What the ranks are. */
  public enum Kind {
    /** One rank holds everything. */
    SINGLE,
    /** Threads of this JVM. */
    LOCAL,
    /** Processes that talk through MPI. */
    MPI,
    /** Processes that talk through TCP. */
    PROCESSES,
    /** Chosen when the model is built. */
    AUTO
  }

  private static final int MOST_RANKS = 1024;
  private static final Duration LEAST_PATIENCE = Duration.ofMillis(100);
  private static final Duration MOST_PATIENCE = Duration.ofDays(1);
  private static final Parallel SINGLE =
      new Parallel(
          Kind.SINGLE,
          OptionalInt.of(1),
          Duration.ofSeconds(10),
          Optional.empty(),
          Optional.empty(),
          /* encoderRank= */ 0);

  private final Kind kind;
  private final OptionalInt ranks;
  private final Duration patience;
  private final Optional<String> listenOn;
  private final Optional<String> token;
  private final int encoderRank;

  private Parallel(
      Kind kind,
      OptionalInt ranks,
      Duration patience,
      Optional<String> listenOn,
      Optional<String> token,
      int encoderRank) {
    this.kind = kind;
    this.ranks = ranks;
    this.patience = patience;
    this.listenOn = listenOn;
    this.token = token;
    this.encoderRank = encoderRank;
  }

  /**
   * One rank that holds everything.
   *
   * @return the default
   */
  public static Parallel single() {
    return SINGLE;
  }

  /**
   * Threads of this JVM, through memory: one a NUMA node keeps each node's part of the weights and
   * of the cache in its own memory. On a machine with one node it gains nothing over {@link
   * #single()}, but runs everywhere.
   *
   * @param ranks at least 1; attention heads, widths and experts must divide by them
   * @return the choice for one machine
   * @throws InvalidRequestException if they are too few or too many
   */
  public static Parallel local(int ranks) {
    if (ranks < 1 || ranks > MOST_RANKS) {
      throw new InvalidRequestException(
          "Parallel.local has " + ranks + " ranks; pass 1 to " + MOST_RANKS);
    }
    return SINGLE.as(Kind.LOCAL, OptionalInt.of(ranks));
  }

  /**
   * Processes that {@code mpirun} or {@code srun} has started, through MPI. Needs the artifact
   * {@code io.longcat4j:longcat-mpi} and an Open MPI on every host.
   *
   * @return the choice for a cluster
   */
  public static Parallel mpi() {
    return SINGLE.as(Kind.MPI, OptionalInt.empty());
  }

  /**
   * Processes started one by one, through TCP. Each finds its place in the environment: {@code
   * RANK}, {@code WORLD_SIZE}, {@code MASTER_ADDR} and {@code MASTER_PORT}, or what {@code srun}
   * and LeaderWorkerSet set. Needs nothing but a network, on which a shared {@link #token(String)}
   * keeps strangers out.
   *
   * @return the choice for hosts without MPI
   */
  public static Parallel processes() {
    return SINGLE.as(Kind.PROCESSES, OptionalInt.empty());
  }

  /**
   * Processes where this one was started as one of several, else threads, one a NUMA node, where
   * there are several nodes and the model's shapes divide by them, else one rank. {@link
   * LongCat#describe()} says why.
   *
   * @return the choice for a program that runs on different machines
   */
  public static Parallel auto() {
    return SINGLE.as(Kind.AUTO, OptionalInt.empty());
  }

  /**
   * How long a rank may be silent before it counts as failed; default 10 s. Ranks give signs of
   * life while they compute, so that a long pass is no silence.
   *
   * @param patience 100 ms to a day
   * @return a new value
   * @throws InvalidRequestException if it is shorter or longer
   */
  public Parallel patience(Duration patience) {
    Objects.requireNonNull(patience, "patience");
    if (patience.compareTo(LEAST_PATIENCE) < 0 || patience.compareTo(MOST_PATIENCE) > 0) {
      throw new InvalidRequestException(
          "Parallel.patience is " + patience + "; pass 100 ms to a day, such as 10 s");
    }
    return new Parallel(kind, ranks, patience, listenOn, token, encoderRank);
  }

  /**
   * Chooses where ranks that are processes wait for each other; default the loopback interface, and
   * nothing else is ever listened on.
   *
   * @param addressOrInterface an address of this host such as {@code 10.0.0.7}, or an interface
   *     such as {@code eth0}
   * @return a new value
   */
  public Parallel listenOn(String addressOrInterface) {
    return new Parallel(
        kind,
        ranks,
        patience,
        Optional.of(filled("listenOn", addressOrInterface)),
        token,
        encoderRank);
  }

  /**
   * Gives ranks that are processes a secret by which they know each other: the same for all ranks
   * of one model, unknown to others in the same network.
   *
   * @param secret any text that is not blank; no description and no message holds it
   * @return a new value
   */
  public Parallel token(String secret) {
    return new Parallel(
        kind, ranks, patience, listenOn, Optional.of(filled("token", secret)), encoderRank);
  }

  /**
   * Puts the encoders and the voice on another rank than the application's: they take its memory
   * and its processors, and hold up none of its passes. Media are read where the application is and
   * sent there; rows of embeddings and sound come back, the same as from rank 0. Live parts and
   * spoken sessions hear, see and speak there too; the detection of speech stays with the
   * application. All ranks choose alike.
   *
   * @param rank 0, which is the default, or a rank of those that there will be
   * @return a new value
   * @throws InvalidRequestException if there can be no such rank
   */
  public Parallel encodersOn(int rank) {
    if (rank < 0 || rank >= ranks.orElse(MOST_RANKS)) {
      throw new InvalidRequestException(
          "Parallel.encodersOn is "
              + rank
              + "; pass 0 to "
              + (ranks.orElse(MOST_RANKS) - 1)
              + ", since ranks count from 0");
    }
    return new Parallel(kind, ranks, patience, listenOn, token, rank);
  }

  /**
   * What the ranks are.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * How many ranks there are.
   *
   * @return empty where the environment tells, or where it is chosen when the model is built
   */
  public OptionalInt ranks() {
    return ranks;
  }

  /**
   * How long a rank may be silent before it counts as failed.
   *
   * @return at least 100 ms
   */
  public Duration patience() {
    return patience;
  }

  /**
   * The address or interface that processes wait on.
   *
   * @return empty for loopback
   */
  public Optional<String> listenOn() {
    return listenOn;
  }

  /**
   * The secret that processes share.
   *
   * @return empty where none was given
   */
  public Optional<String> token() {
    return token;
  }

  /**
   * Which rank has the encoders and the voice.
   *
   * @return 0 unless set
   */
  public int encodersOn() {
    return encoderRank;
  }

  /** The choice, without its secret. */
  @Override
  public String toString() {
    return "Parallel["
        + kind
        + (ranks.isPresent() ? ", ranks " + ranks.getAsInt() : "")
        + ", patience "
        + patience
        + listenOn.map(where -> ", listening on " + where).orElse("")
        + (token.isPresent() ? ", with a token" : "")
        + (encoderRank > 0 ? ", encoders on rank " + encoderRank : "")
        + "]";
  }

  private Parallel as(Kind other, OptionalInt count) {
    return new Parallel(other, count, patience, listenOn, token, encoderRank);
  }

  private static String filled(String name, String value) {
    if (value.isBlank()) {
      throw new InvalidRequestException(
          "Parallel." + name + " is blank; pass a text or leave it out");
    }
    return value;
  }
}
