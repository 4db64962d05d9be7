package io.longcat4j;

import java.util.List;
import java.util.Objects;

/**
 * What one side said.
 *
 * @param role who said it
 * @param parts what was said, in order, at least one; system and assistant messages hold text only
 */
public record Message(Role role, List<Part> parts) {
  /** Checks and copies the components. */
  public Message {
    Objects.requireNonNull(role, "role");
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new InvalidRequestException(
          "A message without parts was given; pass at least one part");
    }
    if (role != Role.USER && !parts.stream().allMatch(Text.class::isInstance)) {
      throw new InvalidRequestException(
          "A message of role " + role + " may hold text only; put media into a USER message");
    }
  }

  /**
   * Instructions for the whole conversation.
   *
   * @param text the instructions
   * @return the message
   */
  public static Message system(String text) {
    return new Message(Role.SYSTEM, List.of(Text.of(text)));
  }

  /**
   * What the person says.
   *
   * @param text the words
   * @return the message
   */
  public static Message user(String text) {
    return new Message(Role.USER, List.of(Text.of(text)));
  }

  /**
   * What the person says and shows.
   *
   * @param parts in order
   * @return the message
   */
  public static Message user(Part... parts) {
    return new Message(Role.USER, List.of(parts));
  }

  /**
   * What the model answered earlier.
   *
   * @param text its words
   * @return the message
   */
  public static Message assistant(String text) {
    return new Message(Role.ASSISTANT, List.of(Text.of(text)));
  }
}
