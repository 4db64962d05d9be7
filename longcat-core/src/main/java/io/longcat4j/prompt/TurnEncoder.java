package io.longcat4j.prompt;

import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.tokenizer.Tokenizer;
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
    PromptBuilder builder = builder();
    if (part instanceof Text text) {
      builder.quote(text.text());
    } else {
      builder.media(layouts.get(0));
    }
    return builder.build();
  }

  /**
   * After the last part of a question.
   *
   * @param voice whether the model shall speak
   * @return up to the model's turn
   */
  public EncodedPrompt end(boolean voice) {
    PromptBuilder builder = builder();
    builder.format("\n");
    builder.format(voice ? "VOICE ASSISTANT:" : "ASSISTANT:");
    return builder.build();
  }

  /**
   * A whole question of the text-only format.
   *
   * @param round questions before it
   * @param system instructions, before the first question alone
   * @param parts of the question
   * @param voice whether the model shall speak
   * @return up to the model's turn
   * @throws io.longcat4j.InvalidRequestException for anything but text
   */
  public EncodedPrompt question(
      int round, Optional<String> system, List<Part> parts, boolean voice) {
    Prompt.Builder prompt = Prompt.builder();
    system.ifPresent(prompt::system);
    prompt.add(new Message(Role.USER, parts));
    PromptBuilder builder = builder();
    TextOnlyChat.encode(prompt.build(), round, voice, builder);
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
