package io.longcat4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.spi.EventSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A server over a script, and a client. */
final class ServerUnderTest implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  static final String CHAT = "/v1/chat/completions";

  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final Script script;
  final LongCatServer server;
  private final LongCat longcat;

  ServerUnderTest(BiFunction<Prompt, Generation, EventSource<Event>> replies) {
    this(replies, builder -> builder);
  }

  ServerUnderTest(
      BiFunction<Prompt, Generation, EventSource<Event>> replies,
      UnaryOperator<LongCatServer.Builder> settings) {
    script = new Script(replies);
    longcat = script.open();
    server = settings.apply(LongCatServer.builder(longcat).port(0)).start();
  }

  URI uri(String path) {
    return URI.create(server.uri() + path);
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)), headers);
  }

  HttpResponse<String> post(String path, String json, String... headers) throws Exception {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)),
        headers);
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String... headers)
      throws IOException, InterruptedException {
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Posts a chat of one question with more fields, and gives the response. */
  HttpResponse<String> chat(String more) throws Exception {
    return post(CHAT, question(more));
  }

  static String question(String more) {
    return "{\"model\":\"any\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]" + more + "}";
  }

  static JsonNode json(HttpResponse<String> response) throws Exception {
    return JSON.readTree(response.body());
  }

  static JsonNode error(HttpResponse<String> response) throws Exception {
    return json(response).path("error");
  }

  static List<JsonNode> events(HttpResponse<String> response) {
    return Stream.of(response.body().split("\n\n"))
        .map(event -> event.substring("data: ".length()))
        .filter(event -> !event.equals("[DONE]"))
        .map(ServerUnderTest::tree)
        .toList();
  }

  static JsonNode tree(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }

  @Override
  public void close() {
    server.close();
    longcat.close();
  }
}
