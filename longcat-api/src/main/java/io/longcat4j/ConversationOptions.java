package io.longcat4j;

import java.util.Objects;
import java.util.Optional;

/**
 * How a {@link Conversation} is held. Immutable.
 *
 * @param system instructions for the whole conversation
 * @param sliding whether the oldest turns are forgotten when the context is full, instead of an
 *     error; the rest is then computed again once, and the instructions stay
 */
public record ConversationOptions(Optional<String> system, boolean sliding) {
  private static final ConversationOptions DEFAULTS =
      new ConversationOptions(Optional.empty(), false);

  /** Checks the components. */
  public ConversationOptions {
    Objects.requireNonNull(system, "system");
  }

  /**
   * No instructions, and an error when the context is full.
   *
   * @return the defaults
   */
  public static ConversationOptions defaults() {
    return DEFAULTS;
  }

  /**
   * The same with instructions.
   *
   * @param text for the whole conversation
   * @return new options
   */
  public ConversationOptions withSystem(String text) {
    return new ConversationOptions(Optional.of(text), sliding);
  }

  /**
   * The same, but forgetting the oldest turns when the context is full.
   *
   * @return new options
   */
  public ConversationOptions withSliding() {
    return new ConversationOptions(system, true);
  }
}
