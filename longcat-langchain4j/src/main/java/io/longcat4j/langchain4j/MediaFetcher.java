package io.longcat4j.langchain4j;

import java.net.URI;

/**
 * Gets media that a message names by an address elsewhere. A model has none unless the application
 * gives it one: it opens no connection by itself. Called on the thread that asks, or, for replies
 * as they come, on the thread that hands the request over. Must be thread-safe.
 */
@FunctionalInterface
public interface MediaFetcher {
  /**
   * Gets a file. Whoever writes one decides which addresses are allowed, and how large a file may
   * be.
   *
   * @param address as the message names it, neither {@code file:} nor {@code data:}
   * @return the file's bytes
   * @throws RuntimeException whatever keeps it from that; it ends the request
   */
  byte[] fetch(URI address);
}
