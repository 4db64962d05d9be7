package io.longcat4j;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What a reply cost. Times are of the wall clock. Immutable and thread-safe. */
public final class Statistics {
  private final int promptTokens;
  private final int reusedTokens;
  private final int newTokens;
  private final Duration queue;
  private final Duration preprocess;
  private final Duration encode;
  private final Duration prefill;
  private final Duration decode;
  private final Duration vocode;
  private final Duration timeToFirstToken;
  private final Optional<Duration> timeToFirstAudio;
  private final Duration interTokenP50;
  private final Duration interTokenP99;
  private final OptionalDouble speechRealTimeFactor;
  private final int draftedTokens;
  private final int acceptedTokens;
  private final double expertsPerToken;
  private final int leastExpertsPerToken;
  private final int mostExpertsPerToken;
  private final long cacheBytes;
  private final List<RankFigures> ranks;
  private final List<AttentionFigures> attention;

  private Statistics(Builder builder) {
    this.promptTokens = builder.promptTokens;
    this.reusedTokens = builder.reusedTokens;
    this.newTokens = builder.newTokens;
    this.queue = builder.queue;
    this.preprocess = builder.preprocess;
    this.encode = builder.encode;
    this.prefill = builder.prefill;
    this.decode = builder.decode;
    this.vocode = builder.vocode;
    this.timeToFirstToken = builder.timeToFirstToken;
    this.timeToFirstAudio = builder.timeToFirstAudio;
    this.interTokenP50 = builder.interTokenP50;
    this.interTokenP99 = builder.interTokenP99;
    this.speechRealTimeFactor = builder.speechRealTimeFactor;
    this.draftedTokens = builder.draftedTokens;
    this.acceptedTokens = builder.acceptedTokens;
    this.expertsPerToken = builder.expertsPerToken;
    this.leastExpertsPerToken = builder.leastExpertsPerToken;
    this.mostExpertsPerToken = builder.mostExpertsPerToken;
    this.cacheBytes = builder.cacheBytes;
    this.ranks = builder.ranks;
    this.attention = builder.attention;
  }

  /**
   * Starts with zeros; called by engines.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Positions of the prompt, media included.
   *
   * @return at least 1
   */
  public int promptTokens() {
    return promptTokens;
  }

  /**
   * Positions of the prompt that an earlier request had left in the cache.
   *
   * @return at least 0, less than {@link #promptTokens()}
   */
  public int reusedTokens() {
    return reusedTokens;
  }

  /**
   * Positions of the prompt that were computed.
   *
   * @return {@link #promptTokens()} less {@link #reusedTokens()}
   */
  public int computedTokens() {
    return promptTokens - reusedTokens;
  }

  /**
   * Steps of the model after the prompt.
   *
   * @return at least 1
   */
  public int newTokens() {
    return newTokens;
  }

  /**
   * Time the prepared request waited for its first place in the running batch.
   *
   * @return at least 0
   */
  public Duration queue() {
    return queue;
  }

  /**
   * Time to make the request ready for the queue, {@link #encode()} included: media read and
   * encoded, text cut into tokens.
   *
   * @return at least 0
   */
  public Duration preprocess() {
    return preprocess;
  }

  /**
   * Time in image, video and audio encoders, and in reading what they see and hear.
   *
   * @return at least 0
   */
  public Duration encode() {
    return encode;
  }

  /**
   * Time from leaving the queue until the first step has chosen its token: the prompt and the first
   * heads, other requests' steps included. With {@link #preprocess()} and {@link #queue()} before
   * it, this is nearly all of {@link #timeToFirstToken()}.
   *
   * @return at least 0
   */
  public Duration prefill() {
    return prefill;
  }

  /**
   * Time in all later steps; other requests' share and waiting for a slow reader included.
   *
   * @return at least 0
   */
  public Duration decode() {
    return decode;
  }

  /**
   * Time to turn codec frames into samples.
   *
   * @return at least 0; runs beside {@link #decode()}
   */
  public Duration vocode() {
    return vocode;
  }

  /**
   * Time from the request to its first token.
   *
   * @return at least 0
   */
  public Duration timeToFirstToken() {
    return timeToFirstToken;
  }

  /**
   * Time from the request to its first sound.
   *
   * @return empty if there was none
   */
  public Optional<Duration> timeToFirstAudio() {
    return timeToFirstAudio;
  }

  /**
   * Half of the gaps between two steps are no longer than this, to 2 %.
   *
   * @return 0 where there was one step
   */
  public Duration interTokenP50() {
    return interTokenP50;
  }

  /**
   * 99 of 100 gaps between two steps are no longer than this, to 2 %.
   *
   * @return 0 where there was one step
   */
  public Duration interTokenP99() {
    return interTokenP99;
  }

  /**
   * Time from the first token to the last sound over the length of the sound: below 1 the speech is
   * made faster than it is heard.
   *
   * @return empty if there was no sound
   */
  public OptionalDouble speechRealTimeFactor() {
    return speechRealTimeFactor;
  }

  /**
   * Tokens of the reply that multi-token prediction guessed, and that were computed in advance.
   *
   * @return 0 for speech, and where nothing is {@linkplain Scheduling#speculative() speculated}
   */
  public int draftedTokens() {
    return draftedTokens;
  }

  /**
   * Those of {@link #draftedTokens()} that proved right: each came without a pass of its own.
   *
   * @return at most {@link #draftedTokens()}
   */
  public int acceptedTokens() {
    return acceptedTokens;
  }

  /**
   * Real (not zero-computation) experts computed, mean over all computed tokens and layers.
   *
   * @return at least 0
   */
  public double expertsPerToken() {
    return expertsPerToken;
  }

  /**
   * Real experts in the token and layer with the fewest.
   *
   * @return at least 0
   */
  public int leastExpertsPerToken() {
    return leastExpertsPerToken;
  }

  /**
   * Real experts in the token and layer with the most.
   *
   * @return at least 0
   */
  public int mostExpertsPerToken() {
    return mostExpertsPerToken;
  }

  /**
   * Bytes of the latent cache that prompt and reply took at the end, shared pages included.
   *
   * @return at least 0
   */
  public long cacheBytes() {
    return cacheBytes;
  }

  /**
   * What each rank spent on the others.
   *
   * @return in order of ranks; empty where one rank holds everything
   */
  public List<RankFigures> ranks() {
    return ranks;
  }

  /**
   * How precisely few positions were chosen, where {@link Attention#measureEvery()} has it
   * measured.
   *
   * @return by attention block, rising; empty where nothing was measured
   */
  public List<AttentionFigures> attention() {
    return attention;
  }

  /** The figures that people ask for first, in units that read well. */
  @Override
  public String toString() {
    return "Statistics["
        + promptTokens
        + " prompt tokens, "
        + reusedTokens
        + " of them reused, "
        + newTokens
        + " new; preparation "
        + readable(preprocess)
        + ", queue "
        + readable(queue)
        + ", prefill "
        + readable(prefill)
        + ", decode "
        + readable(decode)
        + rate()
        + timeToFirstAudio.map(first -> "; first sound after " + readable(first)).orElse("")
        + "; first token after "
        + readable(timeToFirstToken)
        + ", then every "
        + readable(interTokenP50)
        + " (p99 "
        + readable(interTokenP99)
        + ")"
        + ranks.stream().map(figures -> "; " + figures.describe()).collect(Collectors.joining())
        + "]";
  }

  private String rate() {
    return newTokens > 1 && !decode.isZero()
        ? String.format(Locale.ROOT, " (%.1f tokens/s)", (newTokens - 1) * 1e9 / decode.toNanos())
        : "";
  }

  /** Three digits that count: {@code 1.23 s}, {@code 45.6 ms}. */
  private static String readable(Duration duration) {
    double millis = duration.toNanos() / 1e6;
    return millis < 1000
        ? String.format(Locale.ROOT, "%.1f ms", millis)
        : String.format(Locale.ROOT, "%.2f s", millis / 1000);
  }

  /** Collects figures; not thread-safe. */
  public static final class Builder {
    private int promptTokens;
    private int reusedTokens;
    private int newTokens;
    private Duration queue = Duration.ZERO;
    private Duration preprocess = Duration.ZERO;
    private Duration encode = Duration.ZERO;
    private Duration prefill = Duration.ZERO;
    private Duration decode = Duration.ZERO;
    private Duration vocode = Duration.ZERO;
    private Duration timeToFirstToken = Duration.ZERO;
    private Optional<Duration> timeToFirstAudio = Optional.empty();
    private Duration interTokenP50 = Duration.ZERO;
    private Duration interTokenP99 = Duration.ZERO;
    private OptionalDouble speechRealTimeFactor = OptionalDouble.empty();
    private int draftedTokens;
    private int acceptedTokens;
    private double expertsPerToken;
    private int leastExpertsPerToken;
    private int mostExpertsPerToken;
    private long cacheBytes;
    private List<RankFigures> ranks = List.of();
    private List<AttentionFigures> attention = List.of();

    private Builder() {}

    /**
     * Sets the counts.
     *
     * @param prompt as {@link Statistics#promptTokens()}
     * @param reused as {@link Statistics#reusedTokens()}
     * @param generated as {@link Statistics#newTokens()}
     * @return this
     */
    public Builder tokens(int prompt, int reused, int generated) {
      this.promptTokens = prompt;
      this.reusedTokens = reused;
      this.newTokens = generated;
      return this;
    }

    /**
     * Sets the time before the queue.
     *
     * @param whole as {@link Statistics#preprocess()}
     * @param encoders as {@link Statistics#encode()}
     * @return this
     */
    public Builder preparation(Duration whole, Duration encoders) {
      this.preprocess = Objects.requireNonNull(whole, "whole");
      this.encode = Objects.requireNonNull(encoders, "encoders");
      return this;
    }

    /**
     * Sets the time from the queue on.
     *
     * @param waited as {@link Statistics#queue()}
     * @param prefilled as {@link Statistics#prefill()}
     * @param decoded as {@link Statistics#decode()}
     * @return this
     */
    public Builder model(Duration waited, Duration prefilled, Duration decoded) {
      this.queue = Objects.requireNonNull(waited, "waited");
      this.prefill = Objects.requireNonNull(prefilled, "prefilled");
      this.decode = Objects.requireNonNull(decoded, "decoded");
      return this;
    }

    /**
     * Sets how soon and how evenly the tokens came.
     *
     * @param first as {@link Statistics#timeToFirstToken()}
     * @param p50 as {@link Statistics#interTokenP50()}
     * @param p99 as {@link Statistics#interTokenP99()}
     * @return this
     */
    public Builder pace(Duration first, Duration p50, Duration p99) {
      this.timeToFirstToken = Objects.requireNonNull(first, "first");
      this.interTokenP50 = Objects.requireNonNull(p50, "p50");
      this.interTokenP99 = Objects.requireNonNull(p99, "p99");
      return this;
    }

    /**
     * Sets what the sound cost; only where there is one.
     *
     * @param first as {@link Statistics#timeToFirstAudio()}
     * @param vocoded as {@link Statistics#vocode()}
     * @param realTimeFactor as {@link Statistics#speechRealTimeFactor()}
     * @return this
     */
    public Builder speech(Duration first, Duration vocoded, double realTimeFactor) {
      this.timeToFirstAudio = Optional.of(first);
      this.vocode = Objects.requireNonNull(vocoded, "vocoded");
      this.speechRealTimeFactor = OptionalDouble.of(realTimeFactor);
      return this;
    }

    /**
     * Sets what was speculated.
     *
     * @param drafted as {@link Statistics#draftedTokens()}
     * @param accepted as {@link Statistics#acceptedTokens()}
     * @return this
     */
    public Builder drafts(int drafted, int accepted) {
      this.draftedTokens = drafted;
      this.acceptedTokens = accepted;
      return this;
    }

    /**
     * Sets the experts.
     *
     * @param mean as {@link Statistics#expertsPerToken()}
     * @param least as {@link Statistics#leastExpertsPerToken()}
     * @param most as {@link Statistics#mostExpertsPerToken()}
     * @return this
     */
    public Builder experts(double mean, int least, int most) {
      this.expertsPerToken = mean;
      this.leastExpertsPerToken = least;
      this.mostExpertsPerToken = most;
      return this;
    }

    /**
     * Sets the memory.
     *
     * @param bytes as {@link Statistics#cacheBytes()}
     * @return this
     */
    public Builder cacheBytes(long bytes) {
      this.cacheBytes = bytes;
      return this;
    }

    /**
     * Sets what each rank spent on the others; only where there are several.
     *
     * @param figures as {@link Statistics#ranks()}
     * @return this
     */
    public Builder ranks(List<RankFigures> figures) {
      this.ranks = List.copyOf(figures);
      return this;
    }

    /**
     * Sets how precise attention was; only where it was measured.
     *
     * @param figures as {@link Statistics#attention()}
     * @return this
     */
    public Builder attention(List<AttentionFigures> figures) {
      this.attention = List.copyOf(figures);
      return this;
    }

    /**
     * Makes the immutable value.
     *
     * @return the figures
     */
    public Statistics build() {
      return new Statistics(this);
    }
  }
}
