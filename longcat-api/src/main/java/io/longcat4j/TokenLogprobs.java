package io.longcat4j;

import java.util.List;
import java.util.Objects;

/**
 * How probable the model found the tokens at one step.
 *
 * <p>The numbers are natural logarithms of the softmax of the model's own logits: before the bias,
 * penalties, temperature, truncation and JSON schema of {@link Generation}, so that they can be
 * compared between requests with different options.
 *
 * @param chosen the token that the reply goes on with
 * @param top the most probable tokens, falling; the chosen one may be among them
 */
public record TokenLogprobs(Token chosen, List<Token> top) {
  /** Checks and copies the components. */
  public TokenLogprobs {
    Objects.requireNonNull(chosen, "chosen");
    top = List.copyOf(top);
  }

  /**
   * One token.
   *
   * @param id in the vocabulary
   * @param text what it stands for; U+FFFD in the place of parts of characters
   * @param logprob at most 0; negative infinity for a token that the model rules out
   */
  public record Token(int id, String text, double logprob) {
    /** Checks the component. */
    public Token {
      Objects.requireNonNull(text, "text");
    }
  }
}
