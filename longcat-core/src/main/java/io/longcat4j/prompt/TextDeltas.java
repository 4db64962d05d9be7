package io.longcat4j.prompt;

import java.util.List;

/**
 * The text of a reply as its ids arrive. Each piece holds whole characters (Unicode code points):
 * bytes of one that is spread over several tokens wait for the rest. Emoji and other characters
 * that are put together of several code points may come in several pieces, because only the next
 * piece can tell that one goes on. What may be the beginning of a stop string waits too. The pieces
 * together are the reply's whole text, cut before the first stop string. Not thread-safe.
 *
 * <p>Stop strings are looked for in the text as a reader gets it, before white space around the
 * whole is stripped: one that is or ends in white space ends the text at once, at its beginning
 * too, and one matches across a pause that was taken out. Strings with {@code </pause>} or the end
 * of the message in them are looked for in what the model wrote, where these still stand.
 */
public final class TextDeltas {
  private final ReplyText words;
  private final StopStrings written;
  private final StopStrings shown;

  /**
   * Begins a reply.
   *
   * @param words turns ids into text; from now on this object's own
   * @param stops strings that end the text, none of them empty; may be none
   */
  public TextDeltas(ReplyText words, List<String> stops) {
    this.words = words;
    this.written = new StopStrings(stops.stream().filter(this::isRemoved).toList());
    this.shown = new StopStrings(stops.stream().filter(stop -> !isRemoved(stop)).toList());
  }

  private boolean isRemoved(String stop) {
    return words.removed().stream().anyMatch(stop::contains);
  }

  /**
   * Takes the next id.
   *
   * @param id of a text token; ids up to 0 (unknown, or none in this step) add nothing
   * @return the text that is certain now, often empty
   */
  public String feed(int id) {
    String text = written.feed(words.read(id));
    return words.stripped(shown.feed(words.remove(text)));
  }

  /**
   * Ends the reply; call once. White space at the end is stripped, unless a stop string followed.
   *
   * @return the text that was held back
   */
  public String finish() {
    String text = written.feed(words.readLast()) + written.finish();
    String rest = shown.feed(words.removeLast(text)) + shown.finish();
    return words.stripped(rest) + (isStopped() ? words.forgetSpace() : "");
  }

  /**
   * Whether the text has ended at a stop string; pieces after it are empty.
   *
   * @return true from the id on that completed one
   */
  public boolean isStopped() {
    return written.isStopped() || shown.isStopped();
  }
}
