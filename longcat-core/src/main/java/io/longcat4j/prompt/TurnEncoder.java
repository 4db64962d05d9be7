package io.longcat4j.prompt;

import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.Tool;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes a conversation turn by turn, with the ids that {@link PromptEncoder} gives for all of it
 * at once, around replies whose ids are known. Thread-safe.
 */
public final class TurnEncoder {
  private final Tokenizer tokenizer;
  private final Tokenizer plain;
  private final SpecialTokens tokens;
  private final boolean omni;

  TurnEncoder(Tokenizer tokenizer, Tokenizer plain, SpecialTokens tokens, boolean omni) {
    this.tokenizer = tokenizer;
    this.plain = plain;
    this.tokens = tokens;
    this.omni = omni;
  }

  /**
   * Whether a question can be encoded part by part; text-only checkpoints read it in one go.
   *
   * @return true for {@link #begin}, {@link #part} and {@link #end}, false for {@link #question}
   */
  public boolean isByParts() {
    return omni;
  }

  /**
   * Before everything else.
   *
   * @param tools what the model may ask to have called
   * @return their declarations; nothing where there are none
   */
  public EncodedPrompt declare(List<Tool> tools) {
    PromptBuilder builder = builder();
    ToolText.declare(tools, builder);
    return builder.build();
  }

  /**
   * Before the first turn, of the Omni format.
   *
   * @param text instructions
   * @return the message
   */
  public EncodedPrompt system(String text) {
    PromptBuilder builder = builder();
    builder.format("SYSTEM:");
    builder.quote(text);
    builder.endOfMessage();
    builder.format("\n");
    return builder.build();
  }

  /**
   * What a tool answered, of the Omni format; before the question, if there is one.
   *
   * @param result its answer
   * @return the message
   */
  public EncodedPrompt toolResult(String result) {
    PromptBuilder builder = builder();
    builder.format("TOOL:");
    builder.quote(result);
    builder.format("\n");
    return builder.build();
  }

  /**
   * A whole message, of the Omni format.
   *
   * @param message of any role
   * @param layouts one for each of its media parts, in order
   * @return the message
   */
  public EncodedPrompt message(Message message, List<MediaLayout> layouts) {
    PromptBuilder builder = builder();
    OmniChat.message(message, layouts.iterator(), builder);
    return builder.build();
  }

  /**
   * Before the first part of a question.
   *
   * @return who speaks
   */
  public EncodedPrompt begin() {
    PromptBuilder builder = builder();
    builder.format("USER:");
    return builder.build();
  }

  /**
   * A part of a question.
   *
   * @param part words or a medium
   * @param layouts of the medium, if it is one
   * @return the part
   */
  public EncodedPrompt part(Part part, List<MediaLayout> layouts) {
    if (!(part instanceof Text text)) {
      return medium(layouts.get(0));
    }
    PromptBuilder builder = builder();
    builder.quote(text.text());
    return builder.build();
  }

  /**
   * A medium of a question, or a piece of one.
   *
   * @param layout its placeholders
   * @return the part
   */
  public EncodedPrompt medium(MediaLayout layout) {
    PromptBuilder builder = builder();
    builder.media(layout);
    return builder.build();
  }

  /**
   * After the last part of a question.
   *
   * @param begun whether there is a question, not results of tools alone
   * @param voice whether the model shall speak
   * @return up to the model's turn
   */
  public EncodedPrompt end(boolean begun, boolean voice) {
    PromptBuilder builder = builder();
    if (begun) {
      builder.format("\n");
    }
    builder.format(voice ? "VOICE ASSISTANT:" : "ASSISTANT:");
    return builder.build();
  }

  /**
   * A whole question of the text-only format.
   *
   * @param round questions before it
   * @param system instructions, before the first question alone
   * @param results of tools, before the question
   * @param parts of the question; may be none after results
   * @param voice whether the model shall speak
   * @return up to the model's turn
   * @throws io.longcat4j.InvalidRequestException for anything but text
   */
  public EncodedPrompt question(
      int round, Optional<String> system, List<String> results, List<Part> parts, boolean voice) {
    List<Message> messages = new ArrayList<>();
    system.map(Message::system).ifPresent(messages::add);
    results.stream().map(Message::tool).forEach(messages::add);
    if (!parts.isEmpty()) {
      messages.add(new Message(Role.USER, parts));
    }
    PromptBuilder builder = builder();
    TextOnlyChat.encode(messages, round, voice, builder);
    return builder.build();
  }

  /**
   * After a reply.
   *
   * @param ended whether the reply holds the end of its message already
   * @return what is between the reply and the next turn
   */
  public EncodedPrompt afterReply(boolean ended) {
    PromptBuilder builder = builder();
    if (!ended) {
      builder.endOfMessage();
    }
    if (omni) {
      builder.format("\n");
    }
    return builder.build();
  }

  private PromptBuilder builder() {
    return new PromptBuilder(tokenizer, plain, tokens);
  }
}
