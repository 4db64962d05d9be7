package io.longcat4j;

import java.util.Optional;

/**
 * Which frames of a video file are looked at, and how they are laid beside its sound. The defaults
 * are those of the published demo.
 */
public final class VideoSampling {

  /** How frames are chosen and laid beside the sound of an {@link Interleaved} part. */
  public enum Strategy {
    /** {@link #framesPerSecond()} pairs of frames for every second, up to {@link #maxFrames()}. */
    SEQUENTIAL,
    /** {@link #averageFrames()} pairs of frames spread over the whole video. */
    AVERAGE
  }

  /** What the model is told about when a pair of frames was taken. */
  public enum Timestamps {
    /**
     * A frame's place in the clip divided by the clip's average rate, as the published code does.
     * In clips of variable rate, such as those of telephones and screen recorders, this may be
     * seconds beside the true time.
     */
    AVERAGE_RATE,
    /** The time at which a player shows the frame, counted from the first frame of the clip. */
    TRUE
  }

  private static final VideoSampling DEFAULTS = builder().build();

  private final Strategy strategy;
  private final int framesPerSecond;
  private final int averageFrames;
  private final int maxFrames;
  private final double startSeconds;
  private final double endSeconds;
  private final double timeOffsetSeconds;
  private final Timestamps timestamps;

  private VideoSampling(Builder builder) {
    this.strategy = builder.strategy;
    this.framesPerSecond = builder.framesPerSecond;
    this.averageFrames = builder.averageFrames;
    this.maxFrames = builder.maxFrames;
    this.startSeconds = builder.startSeconds;
    this.endSeconds = builder.endSeconds;
    this.timeOffsetSeconds = builder.timeOffsetSeconds;
    this.timestamps = builder.timestamps;
  }

  /**
   * The published demo's settings.
   *
   * @return one pair of frames a second, the whole video
   */
  public static VideoSampling defaults() {
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
   * Starts from these values.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.strategy = strategy;
    builder.framesPerSecond = framesPerSecond;
    builder.averageFrames = averageFrames;
    builder.maxFrames = maxFrames;
    builder.startSeconds = startSeconds;
    builder.endSeconds = endSeconds;
    builder.timeOffsetSeconds = timeOffsetSeconds;
    builder.timestamps = timestamps;
    return builder;
  }

  /**
   * How frames are chosen.
   *
   * @return the strategy; {@link Video} parts always use the reference's own offline rule
   */
  public Strategy strategy() {
    return strategy;
  }

  /**
   * Pairs of frames for every second.
   *
   * @return at least 1
   */
  public int framesPerSecond() {
    return framesPerSecond;
  }

  /**
   * Pairs of frames for the whole video under {@link Strategy#AVERAGE}.
   *
   * @return at least 1
   */
  public int averageFrames() {
    return averageFrames;
  }

  /**
   * Upper bound of the pairs under {@link Strategy#SEQUENTIAL}.
   *
   * @return at least 1, or -1 for no bound
   */
  public int maxFrames() {
    return maxFrames;
  }

  /**
   * Where looking starts and ends.
   *
   * @return start and end in seconds, or empty for the whole video
   */
  public Optional<Bound> bound() {
    return endSeconds < 0 ? Optional.empty() : Optional.of(new Bound(startSeconds, endSeconds));
  }

  /**
   * What is added to every time stamp.
   *
   * @return seconds
   */
  public double timeOffsetSeconds() {
    return timeOffsetSeconds;
  }

  /**
   * Which times the model is told. Which frames are looked at does not depend on it.
   *
   * @return {@link Timestamps#AVERAGE_RATE} unless set
   */
  public Timestamps timestamps() {
    return timestamps;
  }

  /**
   * A stretch of a video.
   *
   * @param startSeconds at least 0
   * @param endSeconds after the start; beyond the video's end means its end
   */
  public record Bound(double startSeconds, double endSeconds) {}

  /** Collects settings; not thread-safe. */
  public static final class Builder {
    private Strategy strategy = Strategy.SEQUENTIAL;
    private int framesPerSecond = 1;
    private int averageFrames = 8;
    private int maxFrames = -1;
    private double startSeconds;
    private double endSeconds = -1;
    private double timeOffsetSeconds;
    private Timestamps timestamps = Timestamps.AVERAGE_RATE;

    private Builder() {}

    /**
     * Sets how frames are chosen.
     *
     * @param strategy the strategy
     * @return this
     */
    public Builder strategy(Strategy strategy) {
      this.strategy = strategy;
      return this;
    }

    /**
     * Sets the pairs of frames for every second.
     *
     * @param framesPerSecond at least 1
     * @return this
     */
    public Builder framesPerSecond(int framesPerSecond) {
      this.framesPerSecond = atLeastOne("framesPerSecond", framesPerSecond);
      return this;
    }

    /**
     * Sets the pairs of frames for the whole video under {@link Strategy#AVERAGE}.
     *
     * @param averageFrames at least 1
     * @return this
     */
    public Builder averageFrames(int averageFrames) {
      this.averageFrames = atLeastOne("averageFrames", averageFrames);
      return this;
    }

    /**
     * Sets the upper bound of the pairs under {@link Strategy#SEQUENTIAL}.
     *
     * @param maxFrames at least 1, or -1 for no bound
     * @return this
     */
    public Builder maxFrames(int maxFrames) {
      this.maxFrames = maxFrames == -1 ? -1 : atLeastOne("maxFrames", maxFrames);
      return this;
    }

    /**
     * Looks at a stretch of the video only.
     *
     * @param startSeconds at least 0
     * @param endSeconds after the start
     * @return this
     */
    public Builder bound(double startSeconds, double endSeconds) {
      if (!(startSeconds >= 0 && endSeconds > startSeconds)) {
        throw new InvalidRequestException(
            "The bound "
                + startSeconds
                + " to "
                + endSeconds
                + " s is empty; pass a start of at least 0 and a later end");
      }
      this.startSeconds = startSeconds;
      this.endSeconds = endSeconds;
      return this;
    }

    /**
     * Adds an offset to every time stamp.
     *
     * @param seconds the offset
     * @return this
     */
    public Builder timeOffsetSeconds(double seconds) {
      this.timeOffsetSeconds = seconds;
      return this;
    }

    /**
     * Sets which times the model is told.
     *
     * @param timestamps of the average rate, which is the default, or true ones
     * @return this
     */
    public Builder timestamps(Timestamps timestamps) {
      this.timestamps = timestamps;
      return this;
    }

    /**
     * Makes the immutable value.
     *
     * @return the settings
     */
    public VideoSampling build() {
      return new VideoSampling(this);
    }

    private static int atLeastOne(String name, int value) {
      if (value < 1) {
        throw new InvalidRequestException(name + " is " + value + "; pass at least 1");
      }
      return value;
    }
  }
}
