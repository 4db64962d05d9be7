package io.longcat4j;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a {@link Conversation} is held. Immutable.
 *
 * @param system instructions for the whole conversation
 * @param tools what the model may ask to have called, may be empty
 * @param sliding whether the oldest turns are forgotten when the context is full, instead of an
 *     error; the rest is then computed again once, and the instructions stay
 */
public record ConversationOptions(Optional<String> system, List<Tool> tools, boolean sliding) {
  private static final ConversationOptions DEFAULTS =
      new ConversationOptions(Optional.empty(), List.of(), false);

  /** Checks and copies the components. */
  public ConversationOptions {
    Objects.requireNonNull(system, "system");
    tools = List.copyOf(tools);
  }

  /**
   * No instructions, no tools, and an error when the context is full.
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
    return new ConversationOptions(Optional.of(text), tools, sliding);
  }

  /**
   * The same with tools that the model may ask to have called.
   *
   * @param declared for the whole conversation
   * @return new options
   */
  public ConversationOptions withTools(Tool... declared) {
    return new ConversationOptions(system, List.of(declared), sliding);
  }

  /**
   * The same, but forgetting the oldest turns when the context is full.
   *
   * @return new options
   */
  public ConversationOptions withSliding() {
    return new ConversationOptions(system, tools, true);
  }
}
