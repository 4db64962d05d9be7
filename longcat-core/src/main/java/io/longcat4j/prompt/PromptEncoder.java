package io.longcat4j.prompt;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.Message;
import io.longcat4j.Prompt;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.Iterator;
import java.util.List;

/**
 * Writes conversations as the model was trained to read them, and encodes them.
 *
 * <p>In the Omni format each prefix, part and suffix is encoded on its own, so that no token spans
 * two of them:
 *
 * <pre>{@code
 * SYSTEM:{text}</longcat_s>
 * USER:{parts}
 * ASSISTANT:{text}</longcat_s>
 * USER:{parts}
 * VOICE ASSISTANT:
 * }</pre>
 *
 * <p>Text-only checkpoints read {@code SYSTEM:{text} [Round 0] USER:{text}
 * ASSISTANT:{text}</longcat_s> [Round 1] USER:{text} ASSISTANT:}, which is encoded in one go from
 * one {@code </longcat_s>} to the next.
 *
 * <p>Text parts are data: a text that spells a marker or a special token, such as {@code
 * <|image_pad|>} or {@code </longcat_s>}, is encoded as the characters it consists of. It can
 * neither end its message nor take the place of a media row. (The published demo would read both as
 * control tokens.)
 *
 * <p>Tools are declared before all messages, as the model card of LongCat-Flash-Chat publishes it:
 *
 * <pre>{@code
 * ## Tools
 * You have access to the following tools:
 * ...
 * ## Messages
 * SYSTEM:{text} [Round 0] USER:{text} ASSISTANT:
 * }</pre>
 *
 * <p>How results of tools are given back is not published in that card: they are written as
 * messages of a speaker {@code TOOL:}. No card says how an Omni checkpoint reads tools; it gets the
 * same.
 *
 * <p>Thread-safe.
 */
public final class PromptEncoder {
  private final Tokenizer tokenizer;
  private final Tokenizer plain;
  private final SpecialTokens tokens;
  private final boolean omni;

  /**
   * Prepares encoding.
   *
   * @param tokenizer the checkpoint's
   * @param omni whether the checkpoint is an Omni one rather than text-only
   * @throws io.longcat4j.CheckpointException if the vocabulary lacks what the format needs
   */
  public PromptEncoder(Tokenizer tokenizer, boolean omni) {
    this.tokenizer = tokenizer;
    this.tokens = SpecialTokens.of(tokenizer);
    this.plain = tokenizer.asPlainText(tokens.controlIds());
    this.omni = omni;
    if (omni) {
      tokens.requireMarkers();
    }
  }

  /**
   * The ids with a meaning of their own.
   *
   * @return of this tokenizer
   */
  public SpecialTokens tokens() {
    return tokens;
  }

  /**
   * For conversations that grow.
   *
   * @return an encoder of turns
   */
  public TurnEncoder turns() {
    return new TurnEncoder(tokenizer, plain, tokens, omni);
  }

  /**
   * Encodes a conversation up to the model's turn.
   *
   * @param prompt the conversation
   * @param layouts one for each media part, in order
   * @param voice whether the model shall speak
   * @return ids, text and where media rows go
   * @throws InvalidRequestException if a text-only checkpoint is shown media or asked to speak
   * @throws IllegalArgumentException if the layouts do not belong to the prompt's media parts
   */
  public EncodedPrompt encode(Prompt prompt, List<MediaLayout> layouts, boolean voice) {
    PromptBuilder builder = new PromptBuilder(tokenizer, plain, tokens);
    ToolText.declare(prompt.tools(), builder);
    if (omni) {
      encodeOmni(prompt, layouts, voice, builder);
    } else {
      TextOnlyChat.encode(prompt.messages(), 0, voice, builder);
    }
    return builder.build();
  }

  private static void encodeOmni(
      Prompt prompt, List<MediaLayout> layouts, boolean voice, PromptBuilder builder) {
    Iterator<MediaLayout> remaining = layouts.iterator();
    for (Message message : prompt.messages()) {
      OmniChat.message(message, remaining, builder);
    }
    if (remaining.hasNext()) {
      throw new IllegalArgumentException(
          layouts.size() + " layouts are more than the prompt has media parts");
    }
    builder.format(voice ? "VOICE ASSISTANT:" : "ASSISTANT:");
  }
}
