package io.longcat4j.prompt;

import java.util.List;

/**
 * The text of a reply as its ids arrive. Each piece holds whole characters (Unicode code points):
 * bytes of one that is spread over several tokens wait for the rest. Emoji and other characters
 * that are put together of several code points may come in several pieces, because only the next
 * piece can tell that one goes on. What may be the beginning of a stop string waits too. The pieces
 * together are the reply's whole text, cut before the first stop string. Not thread-safe.
 */
public final class TextDeltas {
  private final ReplyText words;
  private final StopStrings stops;

  /**
   * Begins a reply.
   *
   * @param words turns ids into text; from now on this object's own
   * @param stops strings that end the text, none of them empty; may be none
   */
  public TextDeltas(ReplyText words, List<String> stops) {
    this.words = words;
    this.stops = new StopStrings(stops);
  }

  /**
   * Takes the next id.
   *
   * @param id of a text token; ids up to 0 (unknown, or none in this step) add nothing
   * @return the text that is certain now, often empty
   */
  public String feed(int id) {
    return stops.feed(words.feed(id));
  }

  /**
   * Ends the reply; call once.
   *
   * @return the text that was held back
   */
  public String finish() {
    return stops.feed(words.finish()) + stops.finish();
  }

  /**
   * Whether the text has ended at a stop string; pieces after it are empty.
   *
   * @return true from the id on that completed one
   */
  public boolean isStopped() {
    return stops.isStopped();
  }
}
