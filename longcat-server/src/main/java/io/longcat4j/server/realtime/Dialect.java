package io.longcat4j.server.realtime;

/** The names that a client of the realtime protocol expects. */
enum Dialect {
  /** The present ones. */
  PRESENT,

  /** Those of the beta, which clients ask for by a header or subprotocol. */
  OLDER;

  /** The type of an event for this client, from the present one. */
  String event(String type) {
    if (this == PRESENT) {
      return type;
    }
    return type.equals("conversation.item.added")
        ? "conversation.item.created"
        : type.replace("response.output_text", "response.text")
            .replace("response.output_audio", "response.audio");
  }

  /** Whether this client knows an event at all. */
  boolean knows(String type) {
    return this == PRESENT || !type.equals("conversation.item.done");
  }

  /** The type of a part of a reply's message. */
  String part(boolean spoken) {
    if (this == OLDER) {
      return spoken ? "audio" : "text";
    }
    return spoken ? "output_audio" : "output_text";
  }
}
