package io.longcat4j.prompt;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.ToolCall;
import java.util.List;

/** The format of text-only checkpoints: encoded in one go from one end of a message to the next. */
final class TextOnlyChat {
  private TextOnlyChat() {}

  /** Encodes messages that follow so many rounds. */
  static void encode(List<Message> messages, int rounds, boolean voice, PromptBuilder builder) {
    if (voice) {
      throw new InvalidRequestException(
          "Speech was asked for, but this checkpoint is text-only; ask for text, or load an Omni"
              + " checkpoint");
    }
    int round = rounds;
    String gap = rounds == 0 ? "" : " ";
    for (Message message : messages) {
      String speaker = message.role().name() + ":";
      switch (message.role()) {
        case SYSTEM -> builder.quoteLater(speaker);
        case USER -> builder.quoteLater(gap + "[Round " + round++ + "] " + speaker);
        case ASSISTANT, TOOL -> builder.quoteLater(gap + speaker);
      }
      message.parts().forEach(part -> append(part, builder));
      if (message.role() == Role.ASSISTANT) {
        builder.flush();
        builder.endOfMessage();
      }
      gap = " ";
    }
    builder.quoteLater(" ASSISTANT:");
    builder.flush();
  }

  private static void append(Part part, PromptBuilder builder) {
    if (part instanceof Text words) {
      builder.quoteLater(words.text());
    } else if (part instanceof ToolCall call) {
      ToolText.call(call, builder);
    } else {
      throw new InvalidRequestException(
          "A part of type "
              + part.getClass().getSimpleName()
              + " was given, but this checkpoint is text-only; pass text, or load an Omni"
              + " checkpoint");
    }
  }
}
