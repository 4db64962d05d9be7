package io.longcat4j.attention;

import io.longcat4j.Attention;
import io.longcat4j.Attention.Scorer;
import java.util.List;

/** How the heads of a row choose among the positions before it. Immutable. */
public sealed interface AttentionPolicy {
  /** So many times the positions that are kept are scored exactly by approximate choices. */
  int CANDIDATES = 2;

  /** The same by {@link Choice#COLUMNS}, which know less. */
  int CANDIDATES_OF_COLUMNS = 4;

  /** Heads see every position. */
  record Dense() implements AttentionPolicy {
    private static final Dense INSTANCE = new Dense();
  }

  /**
   * Heads keep some positions where there are more.
   *
   * @param positions how many at least, at least 1
   * @param share of the positions that there are, where that is more; from 0 to 1
   * @param choice how they are found
   * @param shared whether all heads keep the same
   * @param sinks of the first positions that are always kept
   * @param recent of the last positions that are always kept; at most {@code positions} together
   * @param densePrefix rows that see no more positions keep all of them
   * @param blocks the attention blocks that do so, rising; empty for all
   */
  record Sparse(
      int positions,
      double share,
      Choice choice,
      boolean shared,
      int sinks,
      int recent,
      int densePrefix,
      List<Integer> blocks)
      implements AttentionPolicy {
    /** Checks the components. */
    public Sparse {
      blocks = List.copyOf(blocks);
      boolean counts = positions >= 1 && sinks >= 0 && recent >= 0 && densePrefix >= 0;
      if (!counts
          || (long) sinks + recent > positions
          || !(share >= 0 && share <= 1)
          || (shared && choice == Choice.WINDOW)
          || (choice == Choice.WINDOW
              && (share > 0 || recent < 1 || sinks + recent != positions))) {
        throw new IllegalArgumentException(
            "heads cannot keep "
                + positions
                + " positions or a share of "
                + share
                + " by "
                + choice
                + ", of which "
                + sinks
                + " + "
                + recent
                + " always");
      }
    }
  }

  /**
   * Every position.
   *
   * @return the policy of prompts
   */
  static AttentionPolicy dense() {
    return Dense.INSTANCE;
  }

  /**
   * The positions with the highest scores, exactly chosen.
   *
   * @param positions how many each head keeps, at least 1
   * @return the policy
   */
  static AttentionPolicy topK(int positions) {
    return new Sparse(positions, 0, Choice.SCORES, false, 0, 0, 0, List.of());
  }

  /**
   * What an application asked for.
   *
   * @param wanted of generated tokens
   * @return the policy
   */
  static AttentionPolicy of(Attention wanted) {
    if (wanted.isDense()) {
      return dense();
    }
    Choice choice =
        wanted.isWindow()
            ? Choice.WINDOW
            : wanted.scorer().map(AttentionPolicy::choice).orElse(Choice.SCORES);
    return new Sparse(
        wanted.positions(),
        wanted.share(),
        choice,
        wanted.sharedByHeads(),
        wanted.sinks(),
        wanted.recent(),
        wanted.densePrefix(),
        wanted.blocks());
  }

  private static Choice choice(Scorer scorer) {
    return switch (scorer) {
      case INT8 -> Choice.INT8;
      case PAGES -> Choice.PAGES;
      case COLUMNS -> Choice.COLUMNS;
    };
  }

  /**
   * How many positions a head looks at.
   *
   * @param length positions that there are, at least 1
   * @return at most {@code length}
   */
  default int kept(int length) {
    if (!(this instanceof Sparse sparse) || length <= sparse.densePrefix()) {
      return length;
    }
    double wanted = Math.max(sparse.positions(), Math.ceil(sparse.share() * length));
    return (int) Math.min(length, wanted);
  }

  /**
   * How many positions an approximate choice scores exactly at least.
   *
   * @param length positions that there are, at least 1
   * @return at most {@code length}
   */
  default int candidates(int length) {
    long times = choice() == Choice.COLUMNS ? CANDIDATES_OF_COLUMNS : CANDIDATES;
    return (int) Math.min(length, times * kept(length));
  }

  /**
   * How the positions are found.
   *
   * @return {@link Choice#SCORES} where every position is seen
   */
  default Choice choice() {
    return this instanceof Sparse sparse ? sparse.choice() : Choice.SCORES;
  }

  /**
   * Whether an attention block keeps few positions.
   *
   * @param block two for each layer, from 0
   * @return false where it looks at all of them
   */
  default boolean isFor(int block) {
    return this instanceof Sparse sparse
        && (sparse.blocks().isEmpty() || sparse.blocks().contains(block));
  }

  /**
   * Whether heads keep the same number of positions of highest scores at every length, and nothing
   * else is asked: what every backend has.
   *
   * @return true for {@link #topK} in all blocks
   */
  default boolean isPlainTopK() {
    return this instanceof Sparse sparse
        && sparse.choice() == Choice.SCORES
        && !sparse.shared()
        && sparse.share() == 0
        && sparse.sinks() + sparse.recent() + sparse.densePrefix() == 0
        && sparse.blocks().isEmpty();
  }
}
