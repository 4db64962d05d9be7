package io.longcat4j;

import java.util.Objects;

/**
 * Text of any length.
 *
 * @param text the characters, passed to the tokenizer as they are
 */
public record Text(String text) implements Part {
  /** Checks the component. */
  public Text {
    Objects.requireNonNull(text, "text");
  }

  /**
   * Text of any length.
   *
   * @param text the characters
   * @return the part
   */
  public static Text of(String text) {
    return new Text(text);
  }
}
