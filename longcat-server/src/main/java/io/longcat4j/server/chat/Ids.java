package io.longcat4j.server.chat;

import java.util.UUID;

/** Names of things for clients, never given twice. */
public final class Ids {
  private Ids() {}

  /**
   * A new name.
   *
   * @param kind what it begins with
   * @return such as {@code chatcmpl-...}
   */
  public static String next(String kind) {
    return kind + UUID.randomUUID().toString().replace("-", "");
  }
}
