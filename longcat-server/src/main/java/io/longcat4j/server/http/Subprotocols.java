package io.longcat4j.server.http;

/** What browsers, which cannot set headers of a WebSocket, put into its subprotocols. */
public final class Subprotocols {
  /** The one that is accepted. */
  public static final String REALTIME = "realtime";

  /** Before the key. */
  public static final String KEY = "openai-insecure-api-key.";

  /** Asks for the older names. */
  public static final String BETA = "openai-beta.realtime-v1";

  private Subprotocols() {}
}
