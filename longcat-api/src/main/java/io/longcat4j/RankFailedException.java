package io.longcat4j;

import org.jspecify.annotations.Nullable;

/**
 * One of the ranks that compute a model together died, stalled, or lost its network. Every request
 * that runs ends with this; the model is to be closed and may be built again. The message names the
 * rank, its host, the reason and what to do.
 */
public class RankFailedException extends LongCatException {
  /** What a process that follows another rank ends with where ranks failed. */
  public static final int EXIT_CODE = 4;

  private static final long serialVersionUID = 1L;

  private final int rank;
  private final String host;

  /**
   * Creates the exception.
   *
   * @param rank which failed, from 0
   * @param host where it ran, or empty where that is not known
   * @param message what was wrong, where, what was expected and what to do
   */
  public RankFailedException(int rank, String host, String message) {
    this(rank, host, message, null);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param rank which failed, from 0
   * @param host where it ran, or empty where that is not known
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public RankFailedException(int rank, String host, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.rank = rank;
    this.host = host;
  }

  /**
   * Which rank failed.
   *
   * @return from 0
   */
  public int rank() {
    return rank;
  }

  /**
   * Where it ran.
   *
   * @return a host name, or empty where that is not known
   */
  public String host() {
    return host;
  }
}
