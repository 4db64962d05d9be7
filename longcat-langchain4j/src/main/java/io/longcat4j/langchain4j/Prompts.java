package io.longcat4j.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the messages of a request in order. For one request. */
final class Prompts {
  private final Parts parts;
  private final List<Message> messages = new ArrayList<>();
  private final List<ToolExecutionRequest> open = new ArrayList<>();
  private final List<@Nullable String> results = new ArrayList<>();

  private Prompts(Parts parts) {
    this.parts = parts;
  }

  static List<Message> read(List<ChatMessage> messages, Parts parts) {
    Prompts reader = new Prompts(parts);
    messages.forEach(reader::add);
    reader.endResults();
    return reader.messages;
  }

  private void add(ChatMessage message) {
    if (message instanceof ToolExecutionResultMessage result) {
      addResult(result);
      return;
    }
    endResults();
    if (message instanceof SystemMessage system) {
      addSystem(system.text());
    } else if (message instanceof UserMessage user) {
      messages.add(new Message(Role.USER, user.contents().stream().map(parts::read).toList()));
    } else if (message instanceof AiMessage reply) {
      addReply(reply);
    } else {
      throw new UnsupportedFeatureException(
          "A message of type "
              + message.type()
              + " is not supported; there are system, user, AI and tool messages");
    }
  }

  /** Instructions that follow each other are one message, because the model knows but one. */
  private void addSystem(String text) {
    if (messages.isEmpty()) {
      messages.add(Message.system(text));
    } else if (messages.size() == 1
        && messages.get(0).parts().get(0) instanceof Text before
        && messages.get(0).role() == Role.SYSTEM) {
      messages.set(0, Message.system(before.text() + "\n\n" + text));
    } else {
      throw new UnsupportedFeatureException(
          "A system message after other messages is not supported; this model takes instructions"
              + " only at the beginning");
    }
  }

  private void addReply(AiMessage reply) {
    List<Part> said = new ArrayList<>();
    if (reply.text() != null) {
      said.add(Text.of(reply.text()));
    }
    for (ToolExecutionRequest call : reply.toolExecutionRequests()) {
      String id = Objects.requireNonNullElse(call.id(), "");
      String arguments = call.arguments();
      said.add(
          new ToolCall(
              id, call.name(), arguments == null || arguments.isBlank() ? "{}" : arguments));
      open.add(call);
      results.add(null);
    }
    if (said.isEmpty()) {
      throw new UnsupportedFeatureException(
          "An earlier reply without words is not supported"
              + (reply.attributes().isEmpty()
                  ? ""
                  : ": it holds "
                      + reply.attributes().keySet()
                      + ", of which this model reads none")
              + "; keep the text of what was said or shown in the AiMessage");
    }
    messages.add(new Message(Role.ASSISTANT, said));
  }

  /** The model reads results in the order of its calls, whatever order they came in. */
  private void addResult(ToolExecutionResultMessage result) {
    for (int i = 0; i < open.size(); i++) {
      if (results.get(i) == null && isOf(open.get(i), result)) {
        results.set(i, words(result));
        return;
      }
    }
    throw new InvalidRequestException(
        "The result of the tool '"
            + result.toolName()
            + "' with id '"
            + result.id()
            + "' belongs to no call of the AI message before it that still waits for one");
  }

  private static boolean isOf(ToolExecutionRequest call, ToolExecutionResultMessage result) {
    return (call.id() == null || result.id() == null)
        ? call.name().equals(result.toolName())
        : call.id().equals(result.id());
  }

  private static String words(ToolExecutionResultMessage result) {
    if (!result.hasSingleText()) {
      throw new UnsupportedFeatureException(
          "A tool result with non-text content is not supported; '"
              + result.toolName()
              + "' has to answer in words, and a picture goes into a user message");
    }
    return result.text();
  }

  private void endResults() {
    if (results.stream().anyMatch(Objects::nonNull)) {
      for (int i = 0; i < open.size(); i++) {
        String result = results.get(i);
        if (result == null) {
          throw new InvalidRequestException(
              "The call of '"
                  + open.get(i).name()
                  + "' with id '"
                  + open.get(i).id()
                  + "' has no result; add a tool message for each call");
        }
        messages.add(Message.tool(result));
      }
    }
    open.clear();
    results.clear();
  }
}
