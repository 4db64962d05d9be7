package io.longcat4j;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What one side said.
 *
 * @param role who said it
 * @param parts what was said, in order, at least one; system and tool messages hold text only,
 *     assistant messages text and tool calls, user messages anything but tool calls
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
    for (Part part : parts) {
      requireFitting(role, part);
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
   * What a tool answered; one message for each call, in the order of the calls.
   *
   * @param result its answer, in JSON or any other text
   * @return the message
   */
  public static Message tool(String result) {
    return new Message(Role.TOOL, List.of(Text.of(result)));
  }

  /**
   * What the tools answered to calls, in whatever order they ended.
   *
   * @param calls those of the reply before
   * @param results by {@link ToolCall#id()}, one for each call
   * @return a message for each call, in the order of the calls
   * @throws InvalidRequestException if a call has no result, or a result no call
   */
  public static List<Message> toolResults(List<ToolCall> calls, Map<String, String> results) {
    List<Message> messages = new ArrayList<>();
    Set<String> left = new LinkedHashSet<>(results.keySet());
    for (ToolCall call : calls) {
      String result = results.get(call.id());
      if (result == null || !left.remove(call.id())) {
        throw new InvalidRequestException(
            "The call "
                + call.id()
                + " of "
                + call.name()
                + " has no result of its own; pass one result for each call, by its id");
      }
      messages.add(tool(result));
    }
    if (!left.isEmpty()) {
      throw new InvalidRequestException(
          "There are results for "
              + left
              + ", which are no calls of the reply before; pass one result for each call");
    }
    return messages;
  }

  /**
   * A reply, to go on with the conversation.
   *
   * @param reply what {@link LongCat#generate} gave
   * @return its text and tool calls as a message
   */
  public static Message assistant(Reply reply) {
    List<Part> parts = new ArrayList<>();
    if (!reply.text().isEmpty() || reply.toolCalls().isEmpty()) {
      parts.add(Text.of(reply.text()));
    }
    parts.addAll(reply.toolCalls());
    return new Message(Role.ASSISTANT, parts);
  }

  private static void requireFitting(Role role, Part part) {
    if (part instanceof ToolCall) {
      if (role != Role.ASSISTANT) {
        throw new InvalidRequestException(
            "A message of role "
                + role
                + " holds a tool call; put the call into an ASSISTANT message and its result into"
                + " a TOOL message");
      }
    } else if (role != Role.USER && !(part instanceof Text)) {
      throw new InvalidRequestException(
          "A message of role " + role + " may hold text only; put media into a USER message");
    }
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
