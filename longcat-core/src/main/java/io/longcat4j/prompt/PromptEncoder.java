package io.longcat4j.prompt;

import io.longcat4j.Audio;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Role;
import io.longcat4j.Text;
import io.longcat4j.Video;
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
    if (omni) {
      encodeOmni(prompt, layouts, voice, builder);
    } else {
      encodeTextOnly(prompt, voice, builder);
    }
    return builder.build();
  }

  private static void encodeOmni(
      Prompt prompt, List<MediaLayout> layouts, boolean voice, PromptBuilder builder) {
    Iterator<MediaLayout> remaining = layouts.iterator();
    for (Message message : prompt.messages()) {
      builder.format(message.role().name() + ":");
      for (Part part : message.parts()) {
        if (part instanceof Text text) {
          builder.quote(text.text());
        } else {
          builder.media(layoutOf(part, remaining));
        }
        if (message.role() != Role.USER) {
          builder.endOfMessage();
        }
      }
      builder.format("\n");
    }
    if (remaining.hasNext()) {
      throw new IllegalArgumentException(
          layouts.size() + " layouts are more than the prompt has media parts");
    }
    builder.format(voice ? "VOICE ASSISTANT:" : "ASSISTANT:");
  }

  private static MediaLayout layoutOf(Part part, Iterator<MediaLayout> remaining) {
    if (!remaining.hasNext()) {
      throw new IllegalArgumentException("The prompt has more media parts than layouts were given");
    }
    MediaLayout layout = remaining.next();
    boolean fits =
        (part instanceof Image && layout instanceof MediaLayout.OfImage)
            || (part instanceof Audio && layout instanceof MediaLayout.OfAudio)
            || (part instanceof Video && layout instanceof MediaLayout.OfVideo)
            || (part instanceof Interleaved && layout instanceof MediaLayout.OfInterleaved);
    if (!fits) {
      throw new IllegalArgumentException(
          layout + " is no layout of a part of type " + part.getClass().getSimpleName());
    }
    return layout;
  }

  private static void encodeTextOnly(Prompt prompt, boolean voice, PromptBuilder builder) {
    if (voice) {
      throw new InvalidRequestException(
          "Speech was asked for, but this checkpoint is text-only; ask for text, or load an Omni"
              + " checkpoint");
    }
    StringBuilder segment = new StringBuilder();
    int round = 0;
    boolean first = true;
    for (Message message : prompt.messages()) {
      String text = textOf(message);
      switch (message.role()) {
        case SYSTEM -> segment.append("SYSTEM:").append(text);
        case USER -> {
          segment.append(first ? "" : " ").append("[Round ").append(round++).append("] USER:");
          segment.append(text);
        }
        case ASSISTANT -> {
          segment.append(first ? "" : " ").append("ASSISTANT:").append(text);
          builder.quote(segment.toString());
          builder.endOfMessage();
          segment.setLength(0);
        }
      }
      first = false;
    }
    builder.quote(segment.append(" ASSISTANT:").toString());
  }

  private static String textOf(Message message) {
    StringBuilder text = new StringBuilder();
    for (Part part : message.parts()) {
      if (!(part instanceof Text words)) {
        throw new InvalidRequestException(
            "A part of type "
                + part.getClass().getSimpleName()
                + " was given, but this checkpoint is text-only; pass text, or load an Omni"
                + " checkpoint");
      }
      text.append(words.text());
    }
    return text.toString();
  }
}
