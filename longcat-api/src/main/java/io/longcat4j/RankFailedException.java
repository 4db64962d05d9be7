package io.longcat4j;

import org.jspecify.annotations.Nullable;

/**
 * One of the ranks of a model died, fell silent, or differs from the others. The model cannot
 * answer any more: close it, and build it anew.
 */
public class RankFailedException extends LongCatException {
  private static final long serialVersionUID = 1L;

  private final int rank;
  private final String host;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param rank the one that failed
   * @param host where it ran
   */
  public RankFailedException(String message, int rank, String host) {
    this(message, rank, host, null);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param rank the one that failed
   * @param host where it ran
   * @param cause the underlying failure
   */
  public RankFailedException(String message, int rank, String host, @Nullable Throwable cause) {
    super(message, cause);
    this.rank = rank;
    this.host = host;
  }

  /**
   * The one that failed.
   *
   * @return from 0
   */
  public int rank() {
    return rank;
  }

  /**
   * Where it ran.
   *
   * @return its name or address, as far as it is known
   */
  public String host() {
    return host;
  }
}
