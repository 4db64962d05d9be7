package io.longcat4j.springai;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;

/** Reads the messages of a request in order. For one request. */
final class Prompts {
  private final Parts parts;
  private final List<Message> messages = new ArrayList<>();
  private final List<AssistantMessage.ToolCall> open = new ArrayList<>();
  private final List<@Nullable String> results = new ArrayList<>();

  private Prompts(Parts parts) {
    this.parts = parts;
  }

  static List<Message> read(
      List<org.springframework.ai.chat.messages.Message> messages, Parts parts) {
    Prompts reader = new Prompts(parts);
    messages.forEach(reader::add);
    reader.endResults();
    return reader.messages;
  }

  private void add(org.springframework.ai.chat.messages.Message message) {
    if (message instanceof ToolResponseMessage answered) {
      answered.getResponses().forEach(this::addResult);
      return;
    }
    endResults();
    if (message instanceof SystemMessage system) {
      addSystem(Objects.requireNonNullElse(system.getText(), ""));
    } else if (message instanceof UserMessage user) {
      addUser(user);
    } else if (message instanceof AssistantMessage reply) {
      addReply(reply);
    } else {
      throw new InvalidRequestException(
          "A message of type "
              + message.getMessageType()
              + " is not supported; there are system, user, assistant and tool messages");
    }
  }

  /** Instructions that follow each other are one message, because the model knows but one. */
  private void addSystem(String text) {
    boolean joins = messages.size() == 1 && messages.get(0).role() == Role.SYSTEM;
    if (joins && messages.get(0).parts().get(0) instanceof Text before) {
      messages.set(0, Message.system(before.text() + "\n\n" + text));
    } else if (messages.isEmpty()) {
      messages.add(Message.system(text));
    } else {
      throw new InvalidRequestException(
          "A system message after other messages is not supported; this model takes instructions"
              + " only at the beginning");
    }
  }

  /** What is shown comes before what is said about it. */
  private void addUser(UserMessage user) {
    List<Part> said = new ArrayList<>();
    user.getMedia().forEach(media -> said.add(parts.read(media)));
    String text = user.getText();
    if (text != null && !(text.isEmpty() && !said.isEmpty())) {
      said.add(Text.of(text));
    }
    messages.add(new Message(Role.USER, said));
  }

  private void addReply(AssistantMessage reply) {
    List<Part> said = new ArrayList<>();
    boolean calls = reply.hasToolCalls();
    String text = reply.getText();
    if (text != null && !(text.isEmpty() && (calls || !reply.getMedia().isEmpty()))) {
      said.add(Text.of(text));
    }
    for (AssistantMessage.ToolCall call : reply.getToolCalls()) {
      String arguments = call.arguments().isBlank() ? "{}" : call.arguments();
      said.add(new ToolCall(call.id(), call.name(), arguments));
      open.add(call);
      results.add(null);
    }
    if (said.isEmpty()) {
      throw new InvalidRequestException(
          "An earlier reply without words is not supported: it holds "
              + reply.getMedia().size()
              + " media, and this model reads none of those it or others have made; keep the text"
              + " of what was said or shown in the AssistantMessage");
    }
    messages.add(new Message(Role.ASSISTANT, said));
  }

  /** The model reads results in the order of its calls, whatever order they came in. */
  private void addResult(ToolResponseMessage.ToolResponse result) {
    for (int i = 0; i < open.size(); i++) {
      if (results.get(i) == null && open.get(i).id().equals(result.id())) {
        results.set(i, result.responseData());
        return;
      }
    }
    throw new InvalidRequestException(
        "The result of the tool '"
            + result.name()
            + "' with id '"
            + result.id()
            + "' belongs to no call of the assistant's message before it that still waits for one");
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
                  + "' has no result; add a tool response for each call");
        }
        messages.add(Message.tool(result));
      }
    }
    open.clear();
    results.clear();
  }
}
