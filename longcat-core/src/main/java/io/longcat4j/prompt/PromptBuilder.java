package io.longcat4j.prompt;

import io.longcat4j.CheckpointException;
import io.longcat4j.prompt.EncodedPrompt.Placement;
import io.longcat4j.prompt.EncodedPrompt.Run;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects ids, text and placements. Not thread-safe. */
final class PromptBuilder {
  private final Tokenizer control;
  private final Tokenizer plain;
  private final SpecialTokens tokens;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder pending = new StringBuilder();
  private final List<Placement> media = new ArrayList<>();
  private int[] ids = new int[256];
  private int size;

  PromptBuilder(Tokenizer control, Tokenizer plain, SpecialTokens tokens) {
    this.control = control;
    this.plain = plain;
    this.tokens = tokens;
  }

  /** Text of the format itself. */
  void format(String part) {
    text.append(part);
    append(control.encode(part));
  }

  /** Text from outside: nothing in it is a control token. */
  void quote(String part) {
    text.append(part);
    append(plain.encode(part));
  }

  /** Text from outside that is encoded in one go with what comes before and after it. */
  void quoteLater(String part) {
    pending.append(part);
  }

  /** Text of the format itself, likewise; tags of tool calls become tokens where there are some. */
  void formatLater(String part) {
    int from = 0;
    while (from < part.length()) {
      int start = indexOf(part, ToolText.CALL_START, from);
      int end = indexOf(part, ToolText.CALL_END, from);
      int next = Math.min(start, end);
      pending.append(part, from, next);
      if (next == part.length()) {
        return;
      }
      String tag = start < end ? ToolText.CALL_START : ToolText.CALL_END;
      tag(tag);
      from = next + tag.length();
    }
  }

  private static int indexOf(String text, String tag, int from) {
    int at = text.indexOf(tag, from);
    return at < 0 ? text.length() : at;
  }

  private void tag(String tag) {
    if (control.idOf(tag).isEmpty()) {
      pending.append(tag);
      return;
    }
    flush();
    format(tag);
  }

  /** Encodes what was to be encoded later. */
  void flush() {
    if (pending.length() > 0) {
      quote(pending.toString());
      pending.setLength(0);
    }
  }

  void endOfMessage() {
    text.append(tokens.eosText());
    append(tokens.eos());
  }

  void media(MediaLayout layout) {
    String part = MediaText.of(layout);
    int start = size;
    text.append(part);
    append(control.encode(Marker.toTokens(part)));
    Placement placement =
        new Placement(
            runs(start, tokens.idOf(Marker.IMAGE_PAD)), runs(start, tokens.idOf(Marker.AUDIO_PAD)));
    if (placement.imageRows() != layout.imageTokens()
        || placement.audioRows() != layout.audioTokens()) {
      throw new CheckpointException(
          "tokenizer.json: "
              + Marker.IMAGE_PAD.token()
              + " and "
              + Marker.AUDIO_PAD.token()
              + " are not encoded as one token each; use the tokenizer.json published with the"
              + " checkpoint");
    }
    media.add(placement);
  }

  EncodedPrompt build() {
    return new EncodedPrompt(Arrays.copyOf(ids, size), text.toString(), media);
  }

  private List<Run> runs(int from, int id) {
    List<Run> runs = new ArrayList<>();
    int start = from;
    for (int i = from; i <= size; i++) {
      if (i == size || ids[i] != id) {
        if (i > start) {
          runs.add(new Run(start, i - start));
        }
        start = i + 1;
      }
    }
    return runs;
  }

  private void append(int... more) {
    int needed = Math.addExact(size, more.length);
    if (needed > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(needed, Math.addExact(size, size >> 1)));
    }
    System.arraycopy(more, 0, ids, size, more.length);
    size = needed;
  }
}
