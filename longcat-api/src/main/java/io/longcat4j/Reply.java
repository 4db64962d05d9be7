package io.longcat4j;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the model answered. Immutable and thread-safe. */
public final class Reply {
  private final String text;
  private final List<Integer> textIds;
  private final @Nullable Speech speech;
  private final List<CodecFrame> codecFrames;
  private final FinishReason finishReason;
  private final List<String> warnings;
  private final Statistics statistics;
  private final List<TokenLogprobs> logprobs;
  private final List<ToolCall> toolCalls;

  /**
   * Collects a reply; called by engines.
   *
   * @param text the words, without control tokens
   * @param textIds the token ids of the words, control tokens included
   * @param speech the spoken words, or null
   * @param codecFrames the frames of the speech, may be empty
   * @param finishReason why it ended
   * @param warnings what was shortened or left out of the prompt
   * @param statistics what it cost
   */
  public Reply(
      String text,
      List<Integer> textIds,
      @Nullable Speech speech,
      List<CodecFrame> codecFrames,
      FinishReason finishReason,
      List<String> warnings,
      Statistics statistics) {
    this(
        text,
        textIds,
        speech,
        codecFrames,
        finishReason,
        warnings,
        statistics,
        List.of(),
        List.of());
  }

  /**
   * Collects a reply with log-probabilities and tool calls; called by engines.
   *
   * @param text the words, without control tokens and tool calls
   * @param textIds the token ids of the words, control tokens included
   * @param speech the spoken words, or null
   * @param codecFrames the frames of the speech, may be empty
   * @param finishReason why it ended
   * @param warnings what was shortened or left out of the prompt, what was malformed in the reply
   * @param statistics what it cost
   * @param logprobs one for each of {@code textIds}, or none
   * @param toolCalls in order, may be empty
   */
  public Reply(
      String text,
      List<Integer> textIds,
      @Nullable Speech speech,
      List<CodecFrame> codecFrames,
      FinishReason finishReason,
      List<String> warnings,
      Statistics statistics,
      List<TokenLogprobs> logprobs,
      List<ToolCall> toolCalls) {
    this.text = Objects.requireNonNull(text, "text");
    this.textIds = List.copyOf(textIds);
    this.speech = speech;
    this.codecFrames = List.copyOf(codecFrames);
    this.finishReason = Objects.requireNonNull(finishReason, "finishReason");
    this.warnings = List.copyOf(warnings);
    this.statistics = Objects.requireNonNull(statistics, "statistics");
    this.logprobs = List.copyOf(logprobs);
    this.toolCalls = List.copyOf(toolCalls);
  }

  /**
   * The words.
   *
   * @return without control tokens
   */
  public String text() {
    return text;
  }

  /**
   * The words of a reply in JSON ({@link Generation.Builder#json()}, {@link
   * Generation.Builder#jsonSchema}) without the white space between its parts.
   *
   * @return the same document in fewer characters
   * @throws InvalidRequestException if the reply ended before its document, as by a limit
   */
  public String json() {
    if (finishReason != FinishReason.END) {
      throw new InvalidRequestException(
          "The reply ended by "
              + finishReason
              + ", so that its JSON is incomplete; allow more by maxNewTokens or a longer timeout");
    }
    StringBuilder compact = new StringBuilder(text.length());
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\' && i + 1 < text.length()) {
        compact.append(c).append(text.charAt(++i));
      } else if (quoted || " \t\r\n".indexOf(c) < 0) {
        compact.append(c);
        quoted ^= c == '"';
      }
    }
    return compact.toString();
  }

  /**
   * The token ids of the words.
   *
   * @return in order, control tokens included
   */
  public List<Integer> textIds() {
    return textIds;
  }

  /**
   * The spoken words.
   *
   * @return empty unless {@link Generation#isSpeech()}
   */
  public Optional<Speech> speech() {
    return Optional.ofNullable(speech);
  }

  /**
   * The frames of the speech.
   *
   * @return empty unless {@link Generation#isSpeech()}
   */
  public List<CodecFrame> codecFrames() {
    return codecFrames;
  }

  /**
   * Why the reply ended.
   *
   * @return the reason
   */
  public FinishReason finishReason() {
    return finishReason;
  }

  /**
   * What was shortened or left out of the prompt.
   *
   * @return sentences, usually none
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * What the reply cost.
   *
   * @return counts and times
   */
  public Statistics statistics() {
    return statistics;
  }

  /**
   * How probable the model found each token.
   *
   * @return one for each of {@link #textIds()}; empty unless {@link Generation#topLogprobs()}
   */
  public List<TokenLogprobs> logprobs() {
    return logprobs;
  }

  /**
   * What the model wants to have called.
   *
   * @return in order; empty unless the prompt declares tools
   */
  public List<ToolCall> toolCalls() {
    return toolCalls;
  }

  /** The words. */
  @Override
  public String toString() {
    return text;
  }
}
