package io.longcat4j;

import java.util.List;
import java.util.Objects;

/**
 * The end of a reply: nothing follows.
 *
 * @param finishReason why it ended
 * @param statistics what it cost
 * @param textIds the token ids of the words, control tokens included
 * @param codecFrames the frames of the speech, may be empty
 * @param logprobs one for each of {@code textIds}, or none
 */
public record Done(
    FinishReason finishReason,
    Statistics statistics,
    List<Integer> textIds,
    List<CodecFrame> codecFrames,
    List<TokenLogprobs> logprobs)
    implements Event {
  /** Checks and copies the components. */
  public Done {
    Objects.requireNonNull(finishReason, "finishReason");
    Objects.requireNonNull(statistics, "statistics");
    textIds = List.copyOf(textIds);
    codecFrames = List.copyOf(codecFrames);
    logprobs = List.copyOf(logprobs);
  }
}
