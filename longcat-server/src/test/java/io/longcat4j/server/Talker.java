package io.longcat4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A client of /v1/realtime. */
final class Talker implements WebSocket.Listener, AutoCloseable {
  static final int PATIENCE_SECONDS = 30;

  final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
  final CompletableFuture<Integer> closed = new CompletableFuture<>();
  final Semaphore pings = new Semaphore(0);
  final WebSocket socket;
  private final StringBuilder text = new StringBuilder();

  Talker(ServerUnderTest server, String... headers) {
    WebSocket.Builder builder = server.client.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    String uri = "ws://127.0.0.1:" + server.server.port() + "/v1/realtime?model=m";
    socket = builder.buildAsync(URI.create(uri), this).join();
  }

  /** Sends an event written with single quotes. */
  void send(String event) {
    socket.sendText(event.replace('\'', '"'), true).join();
  }

  /** The next event, which must be of this type. */
  JsonNode next(String type) throws InterruptedException {
    JsonNode event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (event == null || !event.path("type").asText().equals(type)) {
      throw new AssertionError("expected " + type + ", got " + event);
    }
    return event;
  }

  /** The next event of this type, others left out. */
  JsonNode find(String type) throws InterruptedException {
    while (true) {
      JsonNode event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("no " + type);
      }
      if (event.path("type").asText().equals(type)) {
        return event;
      }
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      events.add(ServerUnderTest.tree(text.toString()));
      text.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    throw new AssertionError("binary");
  }

  @Override
  public CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    pings.release();
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    closed.complete(status);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.complete(1006);
  }

  @Override
  public void close() {
    socket.abort();
  }
}
