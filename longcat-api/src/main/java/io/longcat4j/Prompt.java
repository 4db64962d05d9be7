package io.longcat4j;

import java.util.ArrayList;
import java.util.List;

/**
 * A conversation that the model shall answer: an optional system message, then turns, the last one
 * the user's.
 *
 * @param messages in order, at least one
 */
public record Prompt(List<Message> messages) {
  /** Checks and copies the component. */
  public Prompt {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new InvalidRequestException("An empty prompt was given; pass at least one message");
    }
    if (messages.get(messages.size() - 1).role() != Role.USER) {
      throw new InvalidRequestException(
          "The last message is of role "
              + messages.get(messages.size() - 1).role()
              + ", but the model answers a user; end the prompt with a USER message");
    }
    for (int i = 1; i < messages.size(); i++) {
      if (messages.get(i).role() == Role.SYSTEM) {
        throw new InvalidRequestException(
            "Message " + i + " is of role SYSTEM; only the first message may be");
      }
    }
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
    return builder;
  }

  /** Collects messages; not thread-safe. */
  public static final class Builder {
    private final List<Message> messages = new ArrayList<>();

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
      return new Prompt(messages);
    }
  }
}
