package io.longcat4j;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How one model serves many requests at once. Requests that run together share every pass over the
 * weights, and a request's ids are the same whatever runs beside it. Immutable.
 */
public final class Scheduling {
  private static final Scheduling DEFAULTS = builder().build();

  private final int maxRunning;
  private final int queueLimit;
  private final int prefillChunk;
  private final double maxGap;
  private final OptionalLong cacheBytes;
  private final Optional<CachePrecision> cachePrecision;
  private final boolean speculative;

  private Scheduling(Builder builder) {
    this.maxRunning = builder.maxRunning;
    this.queueLimit = builder.queueLimit;
    this.prefillChunk = builder.prefillChunk;
    this.maxGap = builder.maxGap;
    this.cacheBytes = builder.cacheBytes;
    this.cachePrecision = builder.cachePrecision;
    this.speculative = builder.speculative;
  }

  /**
   * 32 running and 1024 waiting requests.
   *
   * @return the defaults
   */
  public static Scheduling defaults() {
    return DEFAULTS;
  }

  /**
   * Starts from the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * How many requests run together.
   *
   * @return at least 1
   */
  public int maxRunning() {
    return maxRunning;
  }

  /**
   * How many more may wait; others are rejected with an {@link EngineBusyException}.
   *
   * @return at least 1
   */
  public int queueLimit() {
    return queueLimit;
  }

  /**
   * How many positions of joining prompts go into one pass while replies are running.
   *
   * @return at least 2
   */
  public int prefillChunk() {
    return prefillChunk;
  }

  /**
   * How many times longer a pass may take because prompts join it; the share of the prompts shrinks
   * below {@link #prefillChunk()} to keep to it.
   *
   * @return above 1
   */
  public double maxGap() {
    return maxGap;
  }

  /**
   * Memory for the keys and values of all requests, and of prefixes that are kept for later ones.
   *
   * @return bytes, or empty for a share of the machine's memory
   */
  public OptionalLong cacheBytes() {
    return cacheBytes;
  }

  /**
   * In which precision past positions are kept.
   *
   * @return the precision, or empty for the one of the numerics: F32 with {@link Numerics#EXACT},
   *     BF16 with {@link Numerics#BF16}
   */
  public Optional<CachePrecision> cachePrecision() {
    return cachePrecision;
  }

  /**
   * Whether replies are decoded speculatively where the checkpoint has a layer for multi-token
   * prediction ({@code model.mtp.*}): the layer drafts a token beside each one that is computed,
   * and a draft that proves right saves a pass. The ids are the same with and without. Replies with
   * speech are always decoded without, those with sparse attention unless {@linkplain
   * Attention.Builder#speculative() it asks for it}.
   *
   * @return true unless switched off
   */
  public boolean speculative() {
    return speculative;
  }

  /** Collects options; not thread-safe. */
  public static final class Builder {
    private int maxRunning = 32;
    private int queueLimit = 1024;
    private int prefillChunk = 64;
    private double maxGap = 2.2;
    private OptionalLong cacheBytes = OptionalLong.empty();
    private Optional<CachePrecision> cachePrecision = Optional.empty();
    private boolean speculative = true;

    private Builder() {}

    /**
     * Bounds the requests that run together; default 32. Each takes memory for one row of logits,
     * or two where replies are decoded {@linkplain #speculative speculatively}.
     *
     * @param maxRunning at least 1, at most 256
     * @return this
     */
    public Builder maxRunning(int maxRunning) {
      require(maxRunning >= 1 && maxRunning <= 256, "maxRunning", maxRunning, "1 to 256");
      this.maxRunning = maxRunning;
      return this;
    }

    /**
     * Bounds the requests that wait; default 1024.
     *
     * @param queueLimit at least 1
     * @return this
     */
    public Builder queueLimit(int queueLimit) {
      require(queueLimit >= 1, "queueLimit", queueLimit, "at least 1");
      this.queueLimit = queueLimit;
      return this;
    }

    /**
     * Bounds the share of joining prompts in a pass while replies are running; default 64.
     *
     * @param positions at least 2
     * @return this
     */
    public Builder prefillChunk(int positions) {
      require(positions >= 2, "prefillChunk", positions, "at least 2");
      this.prefillChunk = positions;
      return this;
    }

    /**
     * Bounds how much longer joining prompts make a pass; default 2.2 times.
     *
     * @param maxGap above 1
     * @return this
     */
    public Builder maxGap(double maxGap) {
      require(maxGap > 1 && Double.isFinite(maxGap), "maxGap", maxGap, "a number above 1");
      this.maxGap = maxGap;
      return this;
    }

    /**
     * Bounds the memory of keys and values; default an eighth of the machine's memory, but no more
     * than 8 requests of full length need and no less than one does. It is taken as it is used.
     *
     * @param cacheBytes at least 1; a request that does not fit is refused
     * @return this
     */
    public Builder cacheBytes(long cacheBytes) {
      require(cacheBytes >= 1, "cacheBytes", cacheBytes, "at least 1");
      this.cacheBytes = OptionalLong.of(cacheBytes);
      return this;
    }

    /**
     * Sets in which precision past positions are kept; default F32 with {@link Numerics#EXACT} and
     * BF16 with {@link Numerics#BF16}. Fewer bits make room for more positions and round every key
     * and value.
     *
     * @param cachePrecision of all requests
     * @return this
     */
    public Builder cachePrecision(CachePrecision cachePrecision) {
      this.cachePrecision = Optional.of(cachePrecision);
      return this;
    }

    /**
     * Switches speculative decoding on or off; default on. Switched off, the layer for multi-token
     * prediction takes no memory.
     *
     * @param speculative as {@link Scheduling#speculative()}
     * @return this
     */
    public Builder speculative(boolean speculative) {
      this.speculative = speculative;
      return this;
    }

    /**
     * Makes the immutable value.
     *
     * @return the options
     */
    public Scheduling build() {
      return new Scheduling(this);
    }

    private static void require(boolean holds, String name, Object value, String expected) {
      if (!holds) {
        throw new InvalidRequestException(name + " is " + value + "; pass " + expected);
      }
    }
  }
}
