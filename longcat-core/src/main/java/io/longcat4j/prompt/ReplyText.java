package io.longcat4j.prompt;

import io.longcat4j.tokenizer.TextDecoder;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a person reads of the ids that the model wrote: {@code .</pause>} becomes a full stop and a
 * space, other pauses and the end of the message go, other markers stay, and white space around the
 * whole is stripped. It can be had as the ids arrive: what might still change is held back, so that
 * the strings together equal {@link #of} of all ids. Not thread-safe.
 */
public final class ReplyText {
  private final TextDecoder decoder;
  private final List<TextReplacer> markers = new ArrayList<>();
  private final List<TextReplacer> removals = new ArrayList<>();
  private List<String> removed = List.of();
  private final StringBuilder heldSpace = new StringBuilder();
  private final int eos;
  private final boolean verbatim;
  private boolean begun;

  /**
   * Begins a reply.
   *
   * @param tokenizer the checkpoint's
   * @param tokens its special tokens
   */
  public ReplyText(Tokenizer tokenizer, SpecialTokens tokens) {
    this(tokenizer, tokens.eos(), false);
    for (Marker marker : Marker.values()) {
      markers.add(new LiteralReplacer(marker.token(), marker.text()));
    }
    removals.add(new PauseReplacer());
    removals.add(new LiteralReplacer(tokens.eosText(), ""));
    removed = List.of(Marker.PAUSE.text(), tokens.eosText());
  }

  private ReplyText(Tokenizer tokenizer, int eos, boolean verbatim) {
    this.decoder = tokenizer.decoder();
    this.eos = eos;
    this.verbatim = verbatim;
  }

  /**
   * Begins a reply whose characters all count, such as a JSON document: only the token that ends
   * the message is left out.
   *
   * @param tokenizer the checkpoint's
   * @param eos the id that ends the message
   * @return a new text
   */
  public static ReplyText verbatim(Tokenizer tokenizer, int eos) {
    return new ReplyText(tokenizer, eos, true);
  }

  /**
   * The text of a whole reply.
   *
   * @param tokenizer the checkpoint's
   * @param tokens its special tokens
   * @param ids what the model wrote
   * @return the text
   */
  public static String of(Tokenizer tokenizer, SpecialTokens tokens, int... ids) {
    ReplyText reply = new ReplyText(tokenizer, tokens);
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(reply.feed(id));
    }
    return text.append(reply.finish()).toString();
  }

  /**
   * Takes the next id.
   *
   * @param id of a text token; ids up to 0 (unknown, or none in this step) add nothing
   * @return the text that is certain now, often empty
   */
  public String feed(int id) {
    return stripped(remove(read(id)));
  }

  /**
   * Ends the reply.
   *
   * @return the text that was held back
   */
  public String finish() {
    String last = stripped(removeLast(readLast()));
    forgetSpace();
    return last;
  }

  /** Strings that a reader never gets, though the model writes them. */
  List<String> removed() {
    return removed;
  }

  /** The first of three steps: what the model wrote, markers as chat text spells them. */
  String read(int id) {
    if (id <= 0 || (verbatim && id == eos)) {
      return "";
    }
    return fed(markers, decoder.feed(id));
  }

  /** What the first step has held back. */
  String readLast() {
    return finished(markers, decoder.finish());
  }

  /** The second step: pauses and the end of the message go. */
  String remove(String text) {
    return fed(removals, text);
  }

  /** More text and what the second step has held back. */
  String removeLast(String text) {
    return finished(removals, text);
  }

  private static String fed(List<TextReplacer> replacers, String given) {
    String text = given;
    for (TextReplacer replacer : replacers) {
      text = replacer.feed(text);
    }
    return text;
  }

  private static String finished(List<TextReplacer> replacers, String given) {
    String text = given;
    for (TextReplacer replacer : replacers) {
      text = replacer.feed(text) + replacer.finish();
    }
    return text;
  }

  /** White space that the third step holds back; makes ready for another reply. */
  String forgetSpace() {
    String space = heldSpace.toString();
    heldSpace.setLength(0);
    begun = false;
    return space;
  }

  /** The third step: white space around the whole goes. */
  String stripped(String text) {
    if (verbatim) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isSpace(c)) {
        out.append(heldSpace).append(c);
        heldSpace.setLength(0);
        begun = true;
      } else if (begun) {
        heldSpace.append(c);
      }
    }
    return out.toString();
  }

  /** White space of Unicode, and the four separators of ASCII, as the published demo strips it. */
  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
