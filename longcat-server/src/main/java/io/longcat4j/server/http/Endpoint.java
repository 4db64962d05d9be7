package io.longcat4j.server.http;

import java.io.IOException;

/** Answers requests to one path. Called from many threads at once, each with its own exchange. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Answers.
   *
   * @param exchange the request
   * @throws IOException if the client does not take the answer
   */
  void answer(Exchange exchange) throws IOException;
}
