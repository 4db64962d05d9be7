package io.longcat4j.messages;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Turns conversations of the published demo's format into prompts: a list of messages with {@code
 * role} and {@code content}, a list of parts with a {@code type}. Thread-safe.
 *
 * @param media finds the files that parts name
 */
public record ConversationReader(MediaFiles media) {
  private static final Set<String> MESSAGE_KEYS = Set.of("role", "content");

  /**
   * Reads one conversation.
   *
   * @param place where it stands, for messages; such as {@code case weather}
   * @param conversation the list of messages
   * @return the prompt; its media are not opened, but are there
   * @throws InvalidRequestException if it is not of the format; the message begins with the place
   */
  public Prompt read(String place, JsonNode conversation) {
    if (!conversation.isArray() || conversation.isEmpty()) {
      throw new InvalidRequestException(
          place + ": a conversation should be a list of messages with 'role' and 'content'");
    }
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < conversation.size(); i++) {
      messages.add(message(place + ", message " + (i + 1), conversation.get(i)));
    }
    return located(place, () -> new Prompt(messages));
  }

  private Message message(String place, JsonNode node) {
    Fields fields = Fields.of(place, node).allowOnly(MESSAGE_KEYS);
    Role role = role(fields);
    JsonNode content = fields.require("content");
    if (!content.isArray() || content.isEmpty()) {
      throw fields.wrong("content", "a list of parts, each with its 'type'", content);
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < content.size(); i++) {
      parts.add(part(place + ", part " + (i + 1), content.get(i)));
    }
    return located(place, () -> new Message(role, parts));
  }

  private static Role role(Fields fields) {
    String role = fields.text("role");
    return switch (role) {
      case "system" -> Role.SYSTEM;
      case "user" -> Role.USER;
      case "assistant" -> Role.ASSISTANT;
      default ->
          throw new InvalidRequestException(
              fields.place()
                  + ": unknown role '"
                  + role
                  + "'; allowed are system, user and assistant");
    };
  }

  private Part part(String place, JsonNode node) {
    Fields fields = Fields.of(place, node);
    String type = fields.text("type");
    fields.allowOnly(Set.of("type", type, "meta"));
    MediaParts parts = new MediaParts(media);
    return located(
        place,
        () ->
            switch (type) {
              case "text" -> Text.of(fields.text("text"));
              case "image" -> parts.image(fields);
              case "audio" -> parts.audio(fields);
              case "video" -> parts.video(fields);
              case "multimodal_interleaved" -> parts.interleaved(fields);
              default ->
                  throw new InvalidRequestException(
                      place
                          + ": unknown type '"
                          + type
                          + "'; allowed are text, image, audio, video and"
                          + " multimodal_interleaved");
            });
  }

  /** Errors of the API do not know where in the file their value stood. */
  private static <T> T located(String place, Supplier<T> make) {
    try {
      return make.get();
    } catch (LongCatException e) {
      String message = String.valueOf(e.getMessage());
      if (message.startsWith(place)) {
        throw e;
      }
      throw new InvalidRequestException(place + ": " + message, e);
    }
  }
}
