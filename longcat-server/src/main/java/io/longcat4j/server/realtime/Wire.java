package io.longcat4j.server.realtime;

import java.util.function.Consumer;

/** A connection to one client. Thread-safe; nothing waits. */
interface Wire {
  /** Sends a message; one of the two is called once, from any thread. */
  void send(String text, Runnable sent, Consumer<Throwable> failed);

  /** Closes in order, after what was sent. */
  void close(int status, String reason);

  /** Breaks the connection. */
  void cut();
}
