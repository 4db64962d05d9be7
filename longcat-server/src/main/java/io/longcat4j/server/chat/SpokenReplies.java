package io.longcat4j.server.chat;

import io.longcat4j.server.wire.ApiException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was said in recent spoken replies, which clients name by an id instead of sending words
 * back. Thread-safe; the oldest is forgotten.
 */
public final class SpokenReplies {
  /** How long a client may count on an id, in seconds. */
  static final long LIFETIME_SECONDS = 3600;

  private static final int MOST = 1000;
  private static final int LONGEST = 20_000;

  private final Map<String, String> transcripts =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MOST;
        }
      };

  synchronized void keep(String id, String transcript) {
    if (transcript.length() <= LONGEST) {
      transcripts.put(id, transcript);
    }
  }

  synchronized String transcript(String id, String place) {
    String transcript = transcripts.get(id);
    if (transcript == null) {
      throw ApiException.invalid(
          place,
          "The spoken reply '" + id + "' is not known any more; send its transcript as content");
    }
    return transcript;
  }
}
