package io.longcat4j;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a reply is generated. The default is greedy: the same request gives the same reply.
 *
 * <p>Sampling changes the model's logits in this order: what {@link #jsonSchema()} does not allow
 * is taken out; {@link #logitBias()} is added; {@link #repetitionPenalty()} over the last 30 ids,
 * then {@link #frequencyPenalty()} and {@link #presencePenalty()} over the whole reply; {@link
 * #temperature()}; top-k; top-p of what top-k left; min-p. The token is then drawn from what is
 * left, renormalised. {@code topK = 1} is greedy: the bias and the frequency and presence penalties
 * count, the repetition penalty does not, as in the published model. All of it concerns text; codec
 * ids of speech are chosen as the published model chooses them.
 */
public final class Generation {
  private static final Generation TEXT = builder().build();
  private static final Generation SPEECH = builder().speech(true).build();

  private final int maxNewTokens;
  private final double temperature;
  private final int topK;
  private final double topP;
  private final double minP;
  private final double repetitionPenalty;
  private final double presencePenalty;
  private final double frequencyPenalty;
  private final Map<Integer, Float> logitBias;
  private final OptionalInt topLogprobs;
  private final @Nullable String jsonSchema;
  private final OptionalLong seed;
  private final List<String> stop;
  private final boolean speech;
  private final boolean ignoreEos;
  private final boolean strict;
  private final int priority;
  private final Optional<Duration> timeout;

  private Generation(Builder builder) {
    this.maxNewTokens = builder.maxNewTokens;
    this.temperature = builder.temperature;
    this.topK = builder.topK;
    this.topP = builder.topP;
    this.minP = builder.minP;
    this.repetitionPenalty = builder.repetitionPenalty;
    this.presencePenalty = builder.presencePenalty;
    this.frequencyPenalty = builder.frequencyPenalty;
    this.logitBias = builder.logitBias;
    this.topLogprobs = builder.topLogprobs;
    this.jsonSchema = builder.jsonSchema;
    this.seed = builder.seed;
    this.stop = builder.stop;
    this.speech = builder.speech;
    this.ignoreEos = builder.ignoreEos;
    this.strict = builder.strict;
    this.priority = builder.priority;
    this.timeout = builder.timeout;
  }

  /**
   * Greedy text.
   *
   * @return the defaults
   */
  public static Generation text() {
    return TEXT;
  }

  /**
   * Greedy text that is also spoken.
   *
   * @return the defaults with speech on
   */
  public static Generation speech() {
    return SPEECH;
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
    builder.maxNewTokens = maxNewTokens;
    builder.temperature = temperature;
    builder.topK = topK;
    builder.topP = topP;
    builder.minP = minP;
    builder.repetitionPenalty = repetitionPenalty;
    builder.presencePenalty = presencePenalty;
    builder.frequencyPenalty = frequencyPenalty;
    builder.logitBias = logitBias;
    builder.topLogprobs = topLogprobs;
    builder.jsonSchema = jsonSchema;
    builder.seed = seed;
    builder.stop = stop;
    builder.speech = speech;
    builder.ignoreEos = ignoreEos;
    builder.strict = strict;
    builder.priority = priority;
    builder.timeout = timeout;
    return builder;
  }

  /**
   * Upper bound of the model's steps.
   *
   * @return at least 1
   */
  public int maxNewTokens() {
    return maxNewTokens;
  }

  /**
   * Divisor of the logits.
   *
   * @return above 0
   */
  public double temperature() {
    return temperature;
  }

  /**
   * How many of the most probable tokens stay.
   *
   * @return 1 for greedy, 0 for all
   */
  public int topK() {
    return topK;
  }

  /**
   * The probability mass that stays.
   *
   * @return above 0, at most 1
   */
  public double topP() {
    return topP;
  }

  /**
   * How probable a token must be, as a part of the most probable one's probability.
   *
   * @return from 0, which is off, to 1
   */
  public double minP() {
    return minP;
  }

  /**
   * What is taken from the logits of tokens that the reply already holds.
   *
   * @return from -2 to 2; 0 switches it off
   */
  public double presencePenalty() {
    return presencePenalty;
  }

  /**
   * What is taken from a token's logit each time that the reply already holds it.
   *
   * @return from -2 to 2; 0 switches it off
   */
  public double frequencyPenalty() {
    return frequencyPenalty;
  }

  /**
   * What is added to logits.
   *
   * @return for token ids, may be empty
   */
  public Map<Integer, Float> logitBias() {
    return logitBias;
  }

  /**
   * How many of the most probable tokens {@link Reply#logprobs()} tells of each step.
   *
   * @return at least 0, or empty for no log-probabilities at all
   */
  public OptionalInt topLogprobs() {
    return topLogprobs;
  }

  /**
   * The JSON Schema that the reply's text satisfies.
   *
   * @return the schema, or empty for any text
   */
  public Optional<String> jsonSchema() {
    return Optional.ofNullable(jsonSchema);
  }

  /**
   * How strongly recent tokens are made less likely.
   *
   * @return at least 1; 1 switches it off
   */
  public double repetitionPenalty() {
    return repetitionPenalty;
  }

  /**
   * The seed of the sampler.
   *
   * @return the seed, or empty for a fresh one each time
   */
  public OptionalLong seed() {
    return seed;
  }

  /**
   * Strings that end the reply; they are not part of it.
   *
   * @return may be empty
   */
  public List<String> stop() {
    return stop;
  }

  /**
   * Whether the reply is spoken too.
   *
   * @return true for text and speech
   */
  public boolean isSpeech() {
    return speech;
  }

  /**
   * Whether the end-of-text token is passed over in text-only generation.
   *
   * @return true to go on until another limit
   */
  public boolean isIgnoreEos() {
    return ignoreEos;
  }

  /**
   * Whether input that would be shortened with a warning is refused instead.
   *
   * @return true to refuse
   */
  public boolean isStrict() {
    return strict;
  }

  /**
   * Which requests go first where not all can run at once.
   *
   * @return higher goes first; 0 is usual
   */
  public int priority() {
    return priority;
  }

  /**
   * How long the reply may take, waiting included; after that the request ends with a {@link
   * DeadlineExceededException}.
   *
   * @return the bound, or empty for none
   */
  public Optional<Duration> timeout() {
    return timeout;
  }

  /** Collects options; not thread-safe. */
  public static final class Builder {
    private int maxNewTokens = 1024;
    private double temperature = 1.0;
    private int topK = 1;
    private double topP = 1.0;
    private double minP;
    private double repetitionPenalty = 1.0;
    private double presencePenalty;
    private double frequencyPenalty;
    private Map<Integer, Float> logitBias = Map.of();
    private OptionalInt topLogprobs = OptionalInt.empty();
    private @Nullable String jsonSchema;
    private OptionalLong seed = OptionalLong.empty();
    private List<String> stop = List.of();
    private boolean speech;
    private boolean ignoreEos;
    private boolean strict;
    private int priority;
    private Optional<Duration> timeout = Optional.empty();

    private Builder() {}

    /**
     * Bounds the model's steps; default 1024.
     *
     * @param maxNewTokens at least 1
     * @return this
     */
    public Builder maxNewTokens(int maxNewTokens) {
      require(maxNewTokens >= 1, "maxNewTokens", maxNewTokens, "at least 1");
      this.maxNewTokens = maxNewTokens;
      return this;
    }

    /**
     * Divides the logits; default 1.
     *
     * @param temperature above 0
     * @return this
     */
    public Builder temperature(double temperature) {
      require(
          temperature > 0 && Double.isFinite(temperature),
          "temperature",
          temperature,
          "above 0, or topK(1) for greedy decoding");
      this.temperature = temperature;
      return this;
    }

    /**
     * Keeps the most probable tokens; default 1, which is greedy.
     *
     * @param topK 1 for greedy, 0 for all
     * @return this
     */
    public Builder topK(int topK) {
      require(topK >= 0, "topK", topK, "0 (all), 1 (greedy) or more");
      this.topK = topK;
      return this;
    }

    /**
     * Keeps a probability mass; default 1.
     *
     * @param topP above 0, at most 1
     * @return this
     */
    public Builder topP(double topP) {
      require(topP > 0 && topP <= 1, "topP", topP, "above 0 and at most 1");
      this.topP = topP;
      return this;
    }

    /**
     * Keeps the tokens whose probability is at least this part of the most probable one's; default
     * 0.
     *
     * @param minP from 0 for all to 1 for the most probable alone
     * @return this
     */
    public Builder minP(double minP) {
      require(minP >= 0 && minP <= 1, "minP", minP, "0 (off) to 1");
      this.minP = minP;
      return this;
    }

    /**
     * Takes a number from the logits of the tokens that the reply already holds; default 0.
     *
     * @param presencePenalty from -2 to 2; a negative one makes repetition likelier
     * @return this
     */
    public Builder presencePenalty(double presencePenalty) {
      requirePenalty("presencePenalty", presencePenalty);
      this.presencePenalty = presencePenalty;
      return this;
    }

    /**
     * Takes a number from a token's logit for each time that the reply already holds it; default 0.
     *
     * @param frequencyPenalty from -2 to 2; a negative one makes repetition likelier
     * @return this
     */
    public Builder frequencyPenalty(double frequencyPenalty) {
      requirePenalty("frequencyPenalty", frequencyPenalty);
      this.frequencyPenalty = frequencyPenalty;
      return this;
    }

    /**
     * Adds numbers to the logits of tokens; default none. -100 practically forbids a token, 100
     * practically forces it.
     *
     * @param logitBias finite numbers for token ids; ids outside the checkpoint's vocabulary are
     *     refused when the request is made
     * @return this
     */
    public Builder logitBias(Map<Integer, Float> logitBias) {
      Map<Integer, Float> copy = Map.copyOf(logitBias);
      copy.forEach(
          (id, bias) -> {
            require(id >= 0, "logitBias for id " + id, bias, "token ids of at least 0");
            require(Float.isFinite(bias), "logitBias for id " + id, bias, "a finite number");
          });
      this.logitBias = copy;
      return this;
    }

    /**
     * Tells the log-probability of each chosen token and of the most probable ones; default off.
     *
     * @param topLogprobs how many of the most probable, 0 to 20
     * @return this
     * @see Reply#logprobs()
     */
    public Builder topLogprobs(int topLogprobs) {
      require(topLogprobs >= 0 && topLogprobs <= 20, "topLogprobs", topLogprobs, "0 to 20");
      this.topLogprobs = OptionalInt.of(topLogprobs);
      return this;
    }

    /**
     * Makes the reply's text a JSON document that satisfies a schema; default off.
     *
     * <p>The schema is checked when the request is made. Understood are {@code type}, {@code enum},
     * {@code const}, {@code properties}, {@code required}, {@code additionalProperties}, {@code
     * items}, {@code prefixItems}, {@code additionalItems}, {@code minItems}, {@code maxItems},
     * {@code minLength}, {@code maxLength}, {@code minimum}, {@code maximum}, {@code
     * exclusiveMinimum}, {@code exclusiveMaximum}, {@code anyOf}, {@code allOf}, {@code oneOf}
     * whose cases exclude each other, and {@code $ref} inside the schema, all of them beside each
     * other. Another keyword that could make a document invalid is refused by name. Properties come
     * in the order of the schema; properties that it does not name come only where {@code
     * additionalProperties} is given, or where it names none. The document is complete unless the
     * reply ends with {@link FinishReason#LENGTH}.
     *
     * @param schema in JSON
     * @return this
     */
    public Builder jsonSchema(String schema) {
      this.jsonSchema = Objects.requireNonNull(schema, "schema");
      return this;
    }

    /**
     * Makes the reply's text a JSON document of any kind.
     *
     * @return this
     */
    public Builder json() {
      return jsonSchema("true");
    }

    /**
     * Makes recent tokens less likely; default 1, which is off.
     *
     * @param repetitionPenalty at least 1
     * @return this
     */
    public Builder repetitionPenalty(double repetitionPenalty) {
      require(
          repetitionPenalty >= 1 && Double.isFinite(repetitionPenalty),
          "repetitionPenalty",
          repetitionPenalty,
          "at least 1");
      this.repetitionPenalty = repetitionPenalty;
      return this;
    }

    /**
     * Makes sampling repeatable.
     *
     * @param seed any number
     * @return this
     */
    public Builder seed(long seed) {
      this.seed = OptionalLong.of(seed);
      return this;
    }

    /**
     * Ends the reply before any of these strings, as soon as its last character is there.
     *
     * <p>They are looked for in the text as it is given, where pauses have been taken out, but
     * before white space around the whole is: a string of white space counts at the beginning too.
     * One with {@code </pause>} in it is looked for in what the model wrote.
     *
     * @param stop none of them empty
     * @return this
     */
    public Builder stop(String... stop) {
      List<String> copy = List.of(stop);
      require(copy.stream().noneMatch(String::isEmpty), "stop", copy, "strings that are not empty");
      require(
          copy.stream().allMatch(Builder::isWellFormed),
          "stop",
          copy,
          "strings of whole characters, without half a surrogate pair");
      this.stop = copy;
      return this;
    }

    /**
     * Speaks the reply too; default off. Needs {@code longcat-audio} and a checkpoint with a codec.
     *
     * @param speech true for text and speech
     * @return this
     */
    public Builder speech(boolean speech) {
      this.speech = speech;
      return this;
    }

    /**
     * Passes over the end-of-text token in text-only generation; default off.
     *
     * @param ignoreEos true to go on until another limit
     * @return this
     */
    public Builder ignoreEos(boolean ignoreEos) {
      this.ignoreEos = ignoreEos;
      return this;
    }

    /**
     * Refuses input that would otherwise be shortened with a warning; default off.
     *
     * @param strict true to refuse
     * @return this
     */
    public Builder strict(boolean strict) {
      this.strict = strict;
      return this;
    }

    /**
     * Lets the request go before others, or after them, where not all can run at once; default 0.
     *
     * @param priority any number; higher goes first
     * @return this
     */
    public Builder priority(int priority) {
      this.priority = priority;
      return this;
    }

    /**
     * Bounds how long the words of the reply may take, encoding and waiting included; default no
     * bound.
     *
     * @param timeout above 0
     * @return this
     */
    public Builder timeout(Duration timeout) {
      Objects.requireNonNull(timeout, "timeout");
      require(!timeout.isZero() && !timeout.isNegative(), "timeout", timeout, "more than 0");
      this.timeout = Optional.of(timeout);
      return this;
    }

    /**
     * Makes the immutable value.
     *
     * @return the options
     * @throws InvalidRequestException if a JSON schema was given together with speech, stop strings
     *     or {@code ignoreEos}
     */
    public Generation build() {
      if (jsonSchema != null) {
        requirePlain(speech, "speech(true)");
        requirePlain(ignoreEos, "ignoreEos(true)");
        requirePlain(!stop.isEmpty(), "stop strings");
      }
      return new Generation(this);
    }

    private static void requirePlain(boolean other, String name) {
      if (other) {
        throw new InvalidRequestException(
            name
                + " was given together with a JSON schema, which would leave the document"
                + " incomplete; pass one of the two");
      }
    }

    private static void requirePenalty(String name, double value) {
      require(value >= -2 && value <= 2, name, value, "-2 to 2, 0 for none");
    }

    private static boolean isWellFormed(String text) {
      return text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
    }

    private static void require(boolean holds, String name, Object value, String expected) {
      if (!holds) {
        throw new InvalidRequestException(name + " is " + value + "; pass " + expected);
      }
    }
  }
}
