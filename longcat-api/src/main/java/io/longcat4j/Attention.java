package io.longcat4j;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which cached positions a generated token looks at. Prompts are always attended to in full.
 *
 * <p>{@link #dense()} looks at all of them. {@link #topK} and {@link #topShare} keep for each head
 * the positions with the highest scores, exactly chosen: every position is scored, so that the
 * replies are those of sparse attention but nothing is saved. {@link #approximate} finds them by a
 * cheap {@link Scorer} and is what makes long contexts fast. {@link #sinkAndWindow} looks at the
 * first and the last positions and scores nothing.
 *
 * <p>Immutable and thread-safe; {@link #toBuilder()} refines. What does not fit together is refused
 * by {@link Builder#build()}. {@link #toString()} is what {@link #parse} reads.
 */
public final class Attention {
  /** How candidates are found without scoring every position exactly. */
  public enum Scorer {
    /**
     * From a copy of the cache in 8-bit integers with two scales a row: every position is scored in
     * integers, and twice as many candidates as are kept are scored again exactly. Precise; adds
     * about 600 bytes a position and attention block.
     */
    INT8,
    /**
     * From the same copy, of which each token reads all columns of the rotated keys, but of the
     * latents only the quarter where the numbers of all heads' queries are largest (as SparQ does
     * for a head); four times as many candidates as are kept are scored again exactly. A third of
     * the products of {@link #INT8}, a little less precise, as much memory; one rank only.
     */
    COLUMNS,
    /**
     * From the least and the greatest of each cached column in every page of 16 positions, as Quest
     * has it: bounds of a page's scores are compared, and all positions of pages with twice as many
     * positions as are kept are scored exactly. Cheap; adds about 75 bytes a position and attention
     * block.
     */
    PAGES
  }

  /** What is kept. */
  enum Kind {
    DENSE,
    TOP_K,
    TOP_SHARE,
    APPROXIMATE,
    WINDOW
  }

  private static final Attention DENSE = new Attention(new Builder(Kind.DENSE));

  private final Kind kind;
  private final int positions;
  private final double share;
  private final Optional<Scorer> scorer;
  private final boolean shared;
  private final int sinks;
  private final int recent;
  private final int densePrefix;
  private final List<Integer> blocks;
  private final int measureEvery;
  private final boolean speculative;

  private Attention(Builder builder) {
    this.kind = builder.kind;
    this.positions = builder.positions;
    this.share = builder.share;
    this.scorer = builder.scorer;
    this.shared = builder.shared;
    this.sinks = builder.sinks;
    this.recent = builder.recent;
    this.densePrefix = builder.densePrefix;
    this.blocks = builder.blocks;
    this.measureEvery = builder.measureEvery;
    this.speculative = builder.speculative;
  }

  /**
   * Every position.
   *
   * @return the default
   */
  public static Attention dense() {
    return DENSE;
  }

  /**
   * Only the positions with the highest scores, exactly chosen.
   *
   * @param positions how many each head keeps, at least 1
   * @return the policy
   */
  public static Attention topK(int positions) {
    return new Builder(Kind.TOP_K).positions(positions).build();
  }

  /**
   * Only a share of the positions, those with the highest scores, exactly chosen.
   *
   * @param share of the positions that there are, above 0 and at most 1
   * @param least how many each head keeps at least, at least 1
   * @return the policy
   */
  public static Attention topShare(double share, int least) {
    return new Builder(Kind.TOP_SHARE).positions(least).share(share).build();
  }

  /**
   * About the positions with the highest scores, cheaply found.
   *
   * @param positions how many each head keeps, at least 1
   * @param scorer finds them
   * @return the policy
   */
  public static Attention approximate(int positions, Scorer scorer) {
    return new Builder(Kind.APPROXIMATE).positions(positions).scorer(scorer).build();
  }

  /**
   * About the positions with the highest scores, cheaply found, as many as a share of the context.
   *
   * @param share of the positions that there are, above 0 and at most 1
   * @param least how many each head keeps at least, at least 1
   * @param scorer finds them
   * @return the policy
   */
  public static Attention approximateShare(double share, int least, Scorer scorer) {
    return new Builder(Kind.APPROXIMATE).positions(least).share(share).scorer(scorer).build();
  }

  /**
   * The first positions and the last ones.
   *
   * @param sinks how many of the first, at least 0
   * @param window how many of the last, the token's own among them, at least 1
   * @return the policy
   */
  public static Attention sinkAndWindow(int sinks, int window) {
    return new Builder(Kind.WINDOW).alwaysKeep(sinks, window).build();
  }

  /**
   * Reads what {@link #toString()} writes: {@code dense}, {@code top-k:N}, {@code
   * top-share:RHO:LEAST}, {@code int8:N}, {@code columns:N}, {@code pages:N}, the last three also
   * as {@code int8:RHO:LEAST}, or {@code window:SINKS:RECENT}; behind it, each after a comma,
   * {@code shared}, {@code sinks=N}, {@code recent=N}, {@code dense-prefix=N}, {@code
   * blocks=0+3+8}, {@code speculative} and {@code measure=STEPS}.
   *
   * @param text such as {@code pages:2048,shared,sinks=4,recent=64}
   * @return the policy
   * @throws InvalidRequestException if it says something else or what does not fit together
   */
  public static Attention parse(String text) {
    return AttentionText.parse(text);
  }

  /**
   * Starts from this policy.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Whether every token looks at every position.
   *
   * @return true for {@link #dense()} alone
   */
  public boolean isDense() {
    return kind == Kind.DENSE;
  }

  /**
   * Whether it looks at the first and the last positions and scores nothing.
   *
   * @return true for {@link #sinkAndWindow}
   */
  public boolean isWindow() {
    return kind == Kind.WINDOW;
  }

  /**
   * How many positions each head keeps at least, where there are as many.
   *
   * @return 0 for {@link #dense()}
   */
  public int positions() {
    return positions;
  }

  /**
   * The share of the positions that each head keeps, where that is more than {@link #positions()}.
   *
   * @return 0 where none was asked for
   */
  public double share() {
    return share;
  }

  /**
   * What finds the positions.
   *
   * @return empty where all of them are scored, or none
   */
  public Optional<Scorer> scorer() {
    return scorer;
  }

  /**
   * Whether all heads of an attention block keep the same positions.
   *
   * @return as built
   */
  public boolean sharedByHeads() {
    return shared;
  }

  /**
   * How many of the first positions are always kept.
   *
   * @return at least 0
   */
  public int sinks() {
    return sinks;
  }

  /**
   * How many of the last positions are always kept, the token's own among them.
   *
   * @return at least 0
   */
  public int recent() {
    return recent;
  }

  /**
   * Up to how many positions a token looks at all of them.
   *
   * @return at least 0
   */
  public int densePrefix() {
    return densePrefix;
  }

  /**
   * The attention blocks that it is for, two for each layer; all others are dense.
   *
   * @return rising, from 0; empty for all blocks
   */
  public List<Integer> blocks() {
    return blocks;
  }

  /**
   * After how many steps the exact choice is computed too, to tell how precise this one was.
   *
   * @return 0 for never
   */
  public int measureEvery() {
    return measureEvery;
  }

  /**
   * Whether multi-token prediction drafts with this policy too.
   *
   * @return as built; of no meaning for {@link #dense()}
   */
  public boolean speculative() {
    return speculative;
  }

  Kind kind() {
    return kind;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Attention that
        && kind == that.kind
        && positions == that.positions
        && Double.compare(share, that.share) == 0
        && scorer.equals(that.scorer)
        && shared == that.shared
        && sinks == that.sinks
        && recent == that.recent
        && densePrefix == that.densePrefix
        && blocks.equals(that.blocks)
        && measureEvery == that.measureEvery
        && speculative == that.speculative;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        kind,
        positions,
        share,
        scorer,
        shared,
        sinks,
        recent,
        densePrefix,
        blocks,
        measureEvery,
        speculative);
  }

  @Override
  public String toString() {
    return AttentionText.write(this);
  }

  /** Refines a policy; not thread-safe. */
  public static final class Builder {
    private final Kind kind;
    private int positions;
    private double share;
    private Optional<Scorer> scorer = Optional.empty();
    private boolean shared;
    private int sinks;
    private int recent;
    private int densePrefix;
    private List<Integer> blocks = List.of();
    private int measureEvery;
    private boolean speculative;

    Builder(Kind kind) {
      this.kind = kind;
    }

    private Builder(Attention from) {
      this.kind = from.kind;
      this.positions = from.positions;
      this.share = from.share;
      this.scorer = from.scorer;
      this.shared = from.shared;
      this.sinks = from.sinks;
      this.recent = from.recent;
      this.densePrefix = from.densePrefix;
      this.blocks = from.blocks;
      this.measureEvery = from.measureEvery;
      this.speculative = from.speculative;
    }

    Builder positions(int wanted) {
      this.positions = wanted;
      return this;
    }

    Builder share(double wanted) {
      this.share = wanted;
      if (!(wanted > 0 && wanted <= 1)) {
        throw refused("keeps a share of " + wanted + "; pass more than 0 and at most 1");
      }
      return this;
    }

    Builder scorer(Scorer wanted) {
      this.scorer = Optional.of(wanted);
      return this;
    }

    /**
     * Has all heads of an attention block keep the same positions, those that weigh most for any of
     * them: the cached rows are then read once for all heads.
     *
     * @return this
     */
    public Builder sharedByHeads() {
      this.shared = true;
      return this;
    }

    /**
     * Keeps the first and the last positions whatever their scores are. They count among those that
     * are kept.
     *
     * @param first how many of the first, at least 0
     * @param last how many of the last, the token's own among them, at least 0
     * @return this
     */
    public Builder alwaysKeep(int first, int last) {
      this.sinks = first;
      this.recent = last;
      if (kind == Kind.WINDOW) {
        this.positions = (int) Math.min(Integer.MAX_VALUE, (long) first + last);
      }
      return this;
    }

    /**
     * Has tokens that see no more positions look at all of them.
     *
     * @param length how many, at least 0
     * @return this
     */
    public Builder densePrefix(int length) {
      this.densePrefix = length;
      return this;
    }

    /**
     * Applies the policy to some attention blocks only; all others look at every position.
     *
     * @param wanted two for each layer, from 0; none for all
     * @return this
     */
    public Builder blocks(int... wanted) {
      TreeSet<Integer> rising = new TreeSet<>();
      for (int block : wanted) {
        rising.add(block);
      }
      this.blocks = Collections.unmodifiableList(List.copyOf(rising));
      return this;
    }

    /**
     * Computes the exact choice too, every so many steps, and tells in {@link
     * Statistics#attention()} how precise this one was. Such a step takes longer than a dense one.
     *
     * @param steps at least 1, or 0 for never
     * @return this
     */
    public Builder measureEvery(int steps) {
      this.measureEvery = steps;
      return this;
    }

    /**
     * Has multi-token prediction draft with this policy too, where the checkpoint has the layer and
     * {@link Scheduling#speculative()} is on. The ids are the same with and without. A step then
     * chooses positions for two tokens, so that this is worth measuring first.
     *
     * @return this
     */
    public Builder speculative() {
      this.speculative = true;
      return this;
    }

    /**
     * Makes the immutable value.
     *
     * @return the policy
     * @throws InvalidRequestException if the parts do not fit together
     */
    public Attention build() {
      if (sinks < 0 || recent < 0 || densePrefix < 0 || measureEvery < 0) {
        throw refused("has a negative number");
      }
      if (kind == Kind.DENSE) {
        requirePlain();
      } else if (kind == Kind.WINDOW) {
        requireWindow();
      } else if (positions < 1) {
        throw refused("keeps " + positions + " positions; pass at least 1");
      } else if ((long) sinks + recent > positions) {
        throw refused(
            "always keeps "
                + sinks
                + " + "
                + recent
                + " positions of "
                + positions
                + "; keep more");
      }
      if (!blocks.isEmpty() && blocks.get(0) < 0) {
        throw refused("is for block " + blocks.get(0) + "; blocks are counted from 0");
      }
      return new Attention(this);
    }

    private void requirePlain() {
      boolean refined = sinks + recent + densePrefix + measureEvery > 0;
      if (refined || shared || speculative || !blocks.isEmpty()) {
        throw refused("looks at all positions, so that there is nothing to refine");
      }
    }

    private void requireWindow() {
      if (recent < 1) {
        throw refused("has a window of " + recent + " positions; a token sees itself at least");
      }
      if (shared) {
        throw refused("is the same for all heads without being shared; leave that out");
      }
      if (positions == Integer.MAX_VALUE) {
        throw refused("has more positions than there can be");
      }
    }

    private InvalidRequestException refused(String why) {
      return new InvalidRequestException("Attention " + AttentionText.name(kind) + " " + why);
    }
  }
}
