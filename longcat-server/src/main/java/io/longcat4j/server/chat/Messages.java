package io.longcat4j.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.ToolCall;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads {@code messages}. For one request. */
final class Messages {
  private final SpokenReplies spoken;
  private final List<Message> messages = new ArrayList<>();
  private final List<ToolCall> open = new ArrayList<>();
  private final Map<String, Message> results = new HashMap<>();

  private Messages(SpokenReplies spoken) {
    this.spoken = spoken;
  }

  static List<Message> read(Fields request, SpokenReplies spoken) {
    if (!request.has("messages")) {
      throw request.missing("messages");
    }
    Messages reader = new Messages(spoken);
    request.list(
        "messages",
        (value, place) -> {
          reader.add(Fields.of(value, place));
          return place;
        });
    reader.endResults("messages");
    return reader.messages;
  }

  private void add(Fields message) {
    String role =
        message
            .word("role", "system", "developer", "user", "assistant", "tool")
            .orElseThrow(() -> message.missing("role"));
    if (!role.equals("tool")) {
      endResults(message.path());
    }
    switch (role) {
      case "system", "developer" -> addSystem(message);
      case "user" -> messages.add(new Message(Role.USER, content(message)));
      case "assistant" -> addAssistant(message);
      default -> addResult(message);
    }
  }

  /** Instructions that follow each other are one message, because the model knows but one. */
  private void addSystem(Fields message) {
    String text = words(message);
    boolean joins = messages.size() == 1 && messages.get(0).role() == Role.SYSTEM;
    if (joins && messages.get(0).parts().get(0) instanceof Text before) {
      messages.set(0, Message.system(before.text() + "\n\n" + text));
    } else if (messages.isEmpty()) {
      messages.add(Message.system(text));
    } else {
      throw ApiException.unsupported(
          message.at("role"),
          message.path()
              + " is of role system; this model takes instructions only at the beginning");
    }
  }

  private void addAssistant(Fields message) {
    List<Part> parts = new ArrayList<>();
    Optional<String> said =
        message
            .object("audio")
            .map(audio -> spoken.transcript(audio.requireText("id"), audio.at("id")));
    if (said.isPresent()) {
      parts.add(Text.of(said.get()));
    } else if (message.has("content")) {
      parts.add(Text.of(words(message)));
    }
    List<ToolCall> calls = message.list("tool_calls", Messages::call);
    open.addAll(calls);
    parts.addAll(calls);
    if (parts.isEmpty()) {
      throw message.missing("content");
    }
    messages.add(new Message(Role.ASSISTANT, parts));
  }

  private static ToolCall call(JsonNode value, String place) {
    Fields call = Fields.of(value, place);
    Fields function = call.requireObject("function");
    return new ToolCall(
        call.requireText("id"),
        function.requireText("name"),
        function.text("arguments").orElse("{}"));
  }

  private void addResult(Fields message) {
    String id = message.requireText("tool_call_id");
    boolean known = open.stream().anyMatch(call -> call.id().equals(id));
    if (!known || results.containsKey(id)) {
      throw ApiException.invalid(
          message.at("tool_call_id"),
          "No call '" + id + "' of the assistant's message before waits for a result");
    }
    results.put(id, Message.tool(words(message)));
  }

  /** The model reads results in the order of its calls, whatever order they were sent in. */
  private void endResults(String place) {
    if (!results.isEmpty()) {
      for (ToolCall call : open) {
        Message result = results.get(call.id());
        if (result == null) {
          throw ApiException.invalid(
              place, "The call '" + call.id() + "' has no result; send a tool message for each");
        }
        messages.add(result);
      }
    }
    open.clear();
    results.clear();
  }

  private static String words(Fields message) {
    return content(message).stream()
        .map(
            part -> {
              if (part instanceof Text text) {
                return text.text();
              }
              throw ApiException.invalid(
                  message.at("content"), message.at("content") + " may hold text only");
            })
        .collect(Collectors.joining());
  }

  private static List<Part> content(Fields message) {
    JsonNode content = message.value("content").orElseThrow(() -> message.missing("content"));
    if (content.isTextual()) {
      return List.of(Text.of(content.textValue()));
    }
    List<Part> parts =
        message.list("content", (value, place) -> Parts.read(Fields.of(value, place)));
    if (parts.isEmpty()) {
      throw ApiException.invalid(message.at("content"), message.at("content") + " is empty");
    }
    return parts;
  }
}
