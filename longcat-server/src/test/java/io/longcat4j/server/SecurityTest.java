package io.longcat4j.server;

import static io.longcat4j.server.ServerUnderTest.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may use a server, and who may not. */
class SecurityTest {
  private final ServerUnderTest open =
      new ServerUnderTest((prompt, generation) -> Events.saying("x"));
  private final ServerUnderTest locked =
      new ServerUnderTest(
          (prompt, generation) -> Events.saying("x"),
          builder ->
              builder
                  .apiKey("s3cret")
                  .allowHosts("cat.example")
                  .allowOrigins("https://app.example"));

  @AfterEach
  void close() {
    open.close();
    locked.close();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "localhost:1234, 200",
    "a.localhost, 200",
    "127.0.0.1, 200",
    "192.168.0.7:80, 200",
    "[::1]:80, 200",
    "evil.example, 403",
    "127.0.0.1.evil.example, 403",
    "localhost.evil.example, 403",
    "evil.example:80, 403",
    "'', 400",
  })
  void a_name_that_is_not_the_servers_is_refused(String host, int status) throws Exception {
    assertThat(raw(open, "GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\n"))
        .startsWith("HTTP/1.1 " + status);
  }

  @Test
  void a_name_that_was_allowed_is_the_servers() throws Exception {
    String key = "Authorization: Bearer s3cret\r\n";
    assertThat(raw(locked, "GET /v1/models HTTP/1.1\r\nHost: Cat.Example:8080\r\n" + key))
        .startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://evil.example", "null", "http://localhost:1", "http://127.0.0.1", "x"})
  void pages_of_other_sites_may_not_ask(String origin) throws Exception {
    HttpResponse<String> response = open.get("/v1/models", "Origin", origin);
    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(socketStatus(open, origin, "realtime")).isEqualTo(403);
  }

  @Test
  void the_servers_own_page_may_ask() throws Exception {
    String own = open.server.uri().toString();
    assertThat(open.get("/v1/models", "Origin", own).statusCode()).isEqualTo(200);
    assertThat(socketStatus(open, own, "realtime")).isEqualTo(101);
  }

  @Test
  void pages_of_an_allowed_site_may_ask_and_browsers_are_told() throws Exception {
    HttpResponse<String> response =
        locked.get("/v1/models", "Origin", "https://app.example", "Authorization", "Bearer s3cret");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin"))
        .hasValue("https://app.example");
    assertThat(
            raw(
                locked,
                String.join(
                    "\r\n",
                    "OPTIONS /v1/models HTTP/1.1",
                    "Host: localhost",
                    "Origin: https://app.example",
                    "Access-Control-Request-Headers: authorization",
                    "")))
        .startsWith("HTTP/1.1 204")
        .contains("Access-Control-Allow-Headers: authorization");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/models", "/v1/chat/completions", "/metrics", "/v1/realtime"})
  void without_the_key_nothing_is_given(String path) throws Exception {
    assertThat(locked.get(path).statusCode()).isEqualTo(401);
    HttpResponse<String> wrong = locked.get(path, "Authorization", "Bearer s3cret2");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(error(wrong).path("code").asText()).isEqualTo("invalid_api_key");
    assertThat(wrong.body()).doesNotContain("s3cret");
  }

  @Test
  void a_socket_brings_the_key_in_a_header_or_as_browsers_do() throws Exception {
    assertThat(socketStatus(locked, null, "realtime")).isEqualTo(401);
    assertThat(socketStatus(locked, null, "realtime", "openai-insecure-api-key.wrong"))
        .isEqualTo(401);
    assertThat(socketStatus(locked, null, "realtime", "openai-insecure-api-key.s3cret"))
        .isEqualTo(101);
    WebSocket socket =
        locked
            .client
            .newWebSocketBuilder()
            .header("Authorization", "Bearer s3cret")
            .subprotocols("realtime", "openai-insecure-api-key.s3cret")
            .buildAsync(socketUri(locked), new WebSocket.Listener() {})
            .join();
    assertThat(socket.getSubprotocol()).isEqualTo("realtime");
    socket.abort();
  }

  @Test
  void another_address_than_the_loopback_needs_a_key() {
    assertThatThrownBy(
            () ->
                new ServerUnderTest(
                    (prompt, generation) -> Events.saying("x"), builder -> builder.host("0.0.0.0")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("--api-key");
    new ServerUnderTest(
            (prompt, generation) -> Events.saying("x"),
            builder -> builder.host("0.0.0.0").apiKey("k"))
        .close();
  }

  @Test
  void the_page_is_given_with_a_policy_that_lets_nothing_in_from_elsewhere() throws Exception {
    HttpResponse<String> page = locked.get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'")
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../LongCatServer.class",
        "/%2e%2e/LongCatServer.class",
        "/..%2fLongCatServer.class",
        "/a/../../LongCatServer.class",
        "/.hidden.js",
        "//etc/passwd",
        "/index.html/",
        "/META-INF/MANIFEST.MF",
        "/index.html%00.png",
      })
  void nothing_but_the_page_can_be_named(String path) throws Exception {
    assertThat(raw(open, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n"))
        .matches("(?s)HTTP/1.1 40[04] .*")
        .contains("\"error\"");
  }

  /** The answer to a request line and headers, as text. */
  static String raw(ServerUnderTest server, String head) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static java.net.URI socketUri(ServerUnderTest server) {
    return java.net.URI.create("ws://127.0.0.1:" + server.server.port() + "/v1/realtime?model=m");
  }

  private static int socketStatus(
      ServerUnderTest server, String origin, String first, String... others) {
    WebSocket.Builder builder = server.client.newWebSocketBuilder().subprotocols(first, others);
    if (origin != null) {
      builder.header("Origin", origin);
    }
    try {
      builder.buildAsync(socketUri(server), new WebSocket.Listener() {}).join().abort();
      return 101;
    } catch (CompletionException e) {
      return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
    }
  }
}
