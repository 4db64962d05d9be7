package io.longcat4j;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a {@link Session} is held. Immutable; {@link #defaults()} are those of a spoken conversation
 * with a microphone of 16 kHz.
 */
public final class SessionOptions {
  private static final SessionOptions DEFAULTS = builder().build();

  private final Optional<String> system;
  private final List<Tool> tools;
  private final boolean sliding;
  private final Generation generation;
  private final int sampleRateHz;
  private final Optional<TurnDetection> detection;
  private final Optional<VoiceActivity.Factory> voiceActivity;
  private final boolean interruptible;
  private final boolean resume;
  private final boolean respondsItself;
  private final int keptFrames;
  private final VideoSampling.Strategy placement;
  private final Duration longestVideo;

  private SessionOptions(Builder builder) {
    this.system = builder.system;
    this.tools = builder.tools;
    this.sliding = builder.sliding;
    this.generation = builder.generation;
    this.sampleRateHz = builder.sampleRateHz;
    this.detection = builder.detection;
    this.voiceActivity = builder.voiceActivity;
    this.interruptible = builder.interruptible;
    this.resume = builder.resume;
    this.respondsItself = builder.respondsItself;
    this.keptFrames = builder.keptFrames;
    this.placement = builder.placement;
    this.longestVideo = builder.longestVideo;
  }

  /**
   * Spoken replies, turns by {@link TurnDetection#normal()}, interruptible, the oldest turns
   * forgotten when the context is full.
   *
   * @return the defaults
   */
  public static SessionOptions defaults() {
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
    builder.system = system;
    builder.tools = tools;
    builder.sliding = sliding;
    builder.generation = generation;
    builder.sampleRateHz = sampleRateHz;
    builder.detection = detection;
    builder.voiceActivity = voiceActivity;
    builder.interruptible = interruptible;
    builder.resume = resume;
    builder.respondsItself = respondsItself;
    builder.keptFrames = keptFrames;
    builder.placement = placement;
    builder.longestVideo = longestVideo;
    return builder;
  }

  /**
   * Instructions, tools and what happens when the context is full.
   *
   * @return options of the conversation that the session holds
   */
  public ConversationOptions conversation() {
    return new ConversationOptions(system, tools, sliding);
  }

  /**
   * Whether the oldest turns are forgotten when the context is full.
   *
   * @return true unless set: else that is an error
   */
  public boolean sliding() {
    return sliding;
  }

  /**
   * How replies are generated.
   *
   * @return {@link Generation#speech()} unless set
   */
  public Generation generation() {
    return generation;
  }

  /**
   * Samples a second that will be written.
   *
   * @return 16000 unless set
   */
  public int sampleRateHz() {
    return sampleRateHz;
  }

  /**
   * How turns are detected.
   *
   * @return {@link TurnDetection#normal()} unless set; empty for push-to-talk: all that is written
   *     is of the person's turn, and {@link Session#commit()} ends it
   */
  public Optional<TurnDetection> detection() {
    return detection;
  }

  /**
   * What tells speech from other sounds.
   *
   * @return the application's own, or empty for that of {@code longcat-audio}
   */
  public Optional<VoiceActivity.Factory> voiceActivity() {
    return voiceActivity;
  }

  /**
   * Whether a reply can be interrupted by speaking.
   *
   * @return true unless set; false where the loudspeaker would be heard by the microphone: then
   *     nothing is heard while a reply is made or played
   */
  public boolean interruptible() {
    return interruptible;
  }

  /**
   * Whether the sound is paused at the first sign of speech, and goes on where it was none.
   *
   * @return false unless set: the sound goes on until speech is certain
   */
  public boolean resume() {
    return resume;
  }

  /**
   * Whether a turn that is over is answered without {@link Session#respond()}.
   *
   * @return true unless set
   */
  public boolean respondsItself() {
    return respondsItself;
  }

  /**
   * Pictures that are kept while nobody speaks, one for every two seconds.
   *
   * @return 16 unless set
   */
  public int keptFrames() {
    return keptFrames;
  }

  /**
   * How pictures and sound of a turn are laid beside each other.
   *
   * @return {@link VideoSampling.Strategy#SEQUENTIAL} unless set: second by second, taken in as
   *     they come; {@link VideoSampling.Strategy#AVERAGE} spreads the sound evenly over all
   *     pictures, which is known only when the turn is over
   */
  public VideoSampling.Strategy placement() {
    return placement;
  }

  /**
   * How long pictures of one turn share what a whole video may take, so that more of them are seen
   * more coarsely; a longer turn goes on with another part.
   *
   * @return 30 s unless set
   */
  public Duration longestVideo() {
    return longestVideo;
  }

  /** Collects settings; not thread-safe. */
  public static final class Builder {
    private Optional<String> system = Optional.empty();
    private List<Tool> tools = List.of();
    private boolean sliding = true;
    private Generation generation = Generation.speech();
    private int sampleRateHz = 16000;
    private Optional<TurnDetection> detection = Optional.of(TurnDetection.normal());
    private Optional<VoiceActivity.Factory> voiceActivity = Optional.empty();
    private boolean interruptible = true;
    private boolean resume;
    private boolean respondsItself = true;
    private int keptFrames = 16;
    private VideoSampling.Strategy placement = VideoSampling.Strategy.SEQUENTIAL;
    private Duration longestVideo = Duration.ofSeconds(30);

    private Builder() {}

    /**
     * Sets instructions for the whole session.
     *
     * @param text instructions
     * @return this
     */
    public Builder system(String text) {
      this.system = Optional.of(text);
      return this;
    }

    /**
     * Sets what the model may ask to have called.
     *
     * @param declared tools, may be none
     * @return this
     */
    public Builder tools(Tool... declared) {
      this.tools = List.of(declared);
      return this;
    }

    /**
     * Sets whether the oldest turns are forgotten when the context is full, instead of an error.
     *
     * @param sliding default true
     * @return this
     */
    public Builder sliding(boolean sliding) {
      this.sliding = sliding;
      return this;
    }

    /**
     * Sets how replies are generated.
     *
     * @param generation spoken or written
     * @return this
     */
    public Builder generation(Generation generation) {
      this.generation = Objects.requireNonNull(generation, "generation");
      return this;
    }

    /**
     * Sets the rate of the sound that will be written.
     *
     * @param samples a second, 8,000 to 192,000
     * @return this
     */
    public Builder sampleRateHz(int samples) {
      if (samples < 8_000 || samples > 192_000) {
        throw new InvalidRequestException(
            "A session was given " + samples + " samples a second; pass 8000 to 192000");
      }
      this.sampleRateHz = samples;
      return this;
    }

    /**
     * Sets how turns are detected.
     *
     * @param rules when somebody begins and ends
     * @return this
     */
    public Builder detection(TurnDetection rules) {
      this.detection = Optional.of(rules);
      return this;
    }

    /**
     * Detects nothing: all that is written is of the person's turn, and {@link Session#commit()}
     * ends it.
     *
     * @return this
     */
    public Builder pushToTalk() {
      this.detection = Optional.empty();
      return this;
    }

    /**
     * Sets what tells speech from other sounds.
     *
     * @param factory the application's own; a detector it makes is closed by the session
     * @return this
     */
    public Builder voiceActivity(VoiceActivity.Factory factory) {
      this.voiceActivity = Optional.of(factory);
      return this;
    }

    /**
     * Sets whether a reply can be interrupted by speaking.
     *
     * @param interruptible default true
     * @return this
     */
    public Builder interruptible(boolean interruptible) {
      this.interruptible = interruptible;
      return this;
    }

    /**
     * Sets whether the sound is paused at the first sign of speech, and goes on where it was none.
     *
     * @param resume default false
     * @return this
     */
    public Builder resume(boolean resume) {
      this.resume = resume;
      return this;
    }

    /**
     * Sets whether a turn that is over is answered without {@link Session#respond()}.
     *
     * @param itself default true
     * @return this
     */
    public Builder respondsItself(boolean itself) {
      this.respondsItself = itself;
      return this;
    }

    /**
     * Sets how many pictures are kept while nobody speaks, one for every two seconds.
     *
     * @param frames 0 to 256, default 16
     * @return this
     */
    public Builder keptFrames(int frames) {
      if (frames < 0 || frames > 256) {
        throw new InvalidRequestException("keptFrames is " + frames + "; pass 0 to 256");
      }
      this.keptFrames = frames;
      return this;
    }

    /**
     * Sets how pictures and sound of a turn are laid beside each other.
     *
     * @param placement default {@link VideoSampling.Strategy#SEQUENTIAL}
     * @return this
     */
    public Builder placement(VideoSampling.Strategy placement) {
      this.placement = Objects.requireNonNull(placement, "placement");
      return this;
    }

    /**
     * Sets how long pictures of one turn share what a whole video may take.
     *
     * @param time 1 to 120 s, default 30 s
     * @return this
     */
    public Builder longestVideo(Duration time) {
      if (time.compareTo(Duration.ofSeconds(1)) < 0
          || time.compareTo(Duration.ofSeconds(120)) > 0) {
        throw new InvalidRequestException("longestVideo is " + time + "; pass 1 to 120 s");
      }
      this.longestVideo = time;
      return this;
    }

    /**
     * Makes the immutable value.
     *
     * @return the options
     */
    public SessionOptions build() {
      return new SessionOptions(this);
    }
  }
}
