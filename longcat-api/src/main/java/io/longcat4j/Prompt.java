package io.longcat4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A conversation that the model shall answer: an optional system message, then turns, the last one
 * the user's or the results of tools.
 *
 * @param messages in order, at least one
 * @param tools what the model may ask to have called, may be empty
 */
public record Prompt(List<Message> messages, List<Tool> tools) {
  /** Checks and copies the components. */
  public Prompt {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
    if (messages.isEmpty()) {
      throw new InvalidRequestException("An empty prompt was given; pass at least one message");
    }
    Role last = messages.get(messages.size() - 1).role();
    if (last != Role.USER && last != Role.TOOL) {
      throw new InvalidRequestException(
          "The last message is of role "
              + last
              + ", but the model answers a user; end the prompt with a USER message");
    }
    for (int i = 1; i < messages.size(); i++) {
      if (messages.get(i).role() == Role.SYSTEM) {
        throw new InvalidRequestException(
            "Message " + i + " is of role SYSTEM; only the first message may be");
      }
    }
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i).role() == Role.TOOL && !followsCall(messages, i)) {
        throw new InvalidRequestException(
            "Message "
                + i
                + " is of role TOOL, but no ASSISTANT message with a tool call comes before it;"
                + " keep the reply that asked for it in the conversation");
      }
    }
  }

  /**
   * A conversation without tools.
   *
   * @param messages in order, at least one
   */
  public Prompt(List<Message> messages) {
    this(messages, List.of());
  }

  private static boolean followsCall(List<Message> messages, int index) {
    int before = index - 1;
    while (before >= 0 && messages.get(before).role() == Role.TOOL) {
      before--;
    }
    return before >= 0
        && messages.get(before).parts().stream().anyMatch(ToolCall.class::isInstance);
  }

  /**
   * A single question.
   *
   * @param text the words
   * @return the prompt
   */
  public static Prompt user(String text) {
    return new Prompt(List.of(Message.user(text)));
  }

  /**
   * A single question about something.
   *
   * @param parts words and media, in order
   * @return the prompt
   */
  public static Prompt user(Part... parts) {
    return new Prompt(List.of(Message.user(parts)));
  }

  /**
   * A conversation.
   *
   * @param messages in order
   * @return the prompt
   */
  public static Prompt of(Message... messages) {
    return new Prompt(List.of(messages));
  }

  /**
   * Starts an empty conversation.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts from this conversation.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.messages.addAll(messages);
    builder.tools = tools;
    return builder;
  }

  /** Collects messages; not thread-safe. */
  public static final class Builder {
    private final List<Message> messages = new ArrayList<>();
    private List<Tool> tools = List.of();

    private Builder() {}

    /**
     * Appends instructions for the whole conversation; only as the first message.
     *
     * @param text the instructions
     * @return this
     */
    public Builder system(String text) {
      return add(Message.system(text));
    }

    /**
     * Appends what the person says.
     *
     * @param text the words
     * @return this
     */
    public Builder user(String text) {
      return add(Message.user(text));
    }

    /**
     * Appends what the person says and shows.
     *
     * @param parts in order
     * @return this
     */
    public Builder user(Part... parts) {
      return add(Message.user(parts));
    }

    /**
     * Appends what the model answered earlier.
     *
     * @param text its words
     * @return this
     */
    public Builder assistant(String text) {
      return add(Message.assistant(text));
    }

    /**
     * Appends a reply to go on with, its tool calls included.
     *
     * @param reply what {@link LongCat#generate} gave
     * @return this
     */
    public Builder assistant(Reply reply) {
      return add(Message.assistant(reply));
    }

    /**
     * Appends what the tools answered to the calls of the message before, by their ids.
     *
     * @param results by {@link ToolCall#id()}, one for each call
     * @return this
     * @throws InvalidRequestException if a call has no result, or a result no call
     */
    public Builder toolResults(Map<String, String> results) {
      List<ToolCall> calls =
          messages.isEmpty()
              ? List.of()
              : messages.get(messages.size() - 1).parts().stream()
                  .filter(ToolCall.class::isInstance)
                  .map(ToolCall.class::cast)
                  .toList();
      Message.toolResults(calls, results).forEach(this::add);
      return this;
    }

    /**
     * Appends what a tool answered; once for each call of the reply before, in order.
     *
     * @param result its answer, in JSON or any other text
     * @return this
     */
    public Builder tool(String result) {
      return add(Message.tool(result));
    }

    /**
     * Declares what the model may ask to have called, in the place of earlier declarations.
     *
     * @param tools for the whole conversation
     * @return this
     */
    public Builder tools(Tool... tools) {
      this.tools = List.of(tools);
      return this;
    }

    /**
     * Appends a message.
     *
     * @param message the message
     * @return this
     */
    public Builder add(Message message) {
      messages.add(message);
      return this;
    }

    /**
     * Makes the immutable value.
     *
     * @return the prompt
     */
    public Prompt build() {
      return new Prompt(messages, tools);
    }
  }
}
