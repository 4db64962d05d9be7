package io.longcat4j.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.server.wire.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;

/** Writes server-sent events. For one thread; waits where the client is slow. */
public final class EventWriter {
  private final Response response;

  EventWriter(Response response) {
    this.response = response;
  }

  /**
   * Sends an event.
   *
   * @param data the event
   * @throws IOException if the client does not take it
   */
  public void send(JsonNode data) throws IOException {
    write(Json.write(data), false);
  }

  /**
   * Says that nothing follows.
   *
   * @throws IOException if the client does not take it
   */
  public void end() throws IOException {
    write("[DONE]", true);
  }

  private void write(String data, boolean last) throws IOException {
    byte[] bytes = ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
    Content.Sink.write(response, last, ByteBuffer.wrap(bytes));
  }
}
