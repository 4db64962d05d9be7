package io.longcat4j.server;

import static io.longcat4j.server.ServerUnderTest.CHAT;
import static io.longcat4j.server.ServerUnderTest.error;
import static io.longcat4j.server.ServerUnderTest.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.AudioDelta;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.LongCatException;
import io.longcat4j.Samples;
import io.longcat4j.TextDelta;
import io.longcat4j.TurnStarted;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers send, and how much of it; others do not notice. */
@Tag("once")
@Timeout(120)
class LimitsTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("longcat.nightly");
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int RECONNECTS = NIGHTLY ? 10_000 : 300;

  /** Replies that wait for the test. */
  private final BlockingQueue<Events<Event>> replies = new LinkedBlockingQueue<>();

  private ServerUnderTest server(java.util.function.UnaryOperator<LongCatServer.Builder> settings) {
    return new ServerUnderTest(
        (prompt, generation) -> {
          Events<Event> events = new Events<>();
          replies.add(events);
          return events;
        },
        settings);
  }

  @Test
  void one_request_too_many_is_told_to_come_again() throws Exception {
    try (ServerUnderTest server = server(builder -> builder.maxRequests(1))) {
      CompletableFuture<HttpResponse<String>> first = later(server);
      Events<Event> reply = replies.take();
      HttpResponse<String> second = server.chat("");
      assertThat(second.statusCode()).isEqualTo(429);
      assertThat(second.headers().firstValue("Retry-After")).isPresent();
      assertThat(error(second).path("type").asText()).isEqualTo("rate_limit_error");
      end(reply);
      assertThat(first.join().statusCode()).isEqualTo(200);
      CompletableFuture<HttpResponse<String>> third = later(server);
      end(replies.take());
      assertThat(third.join().statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void a_client_that_hangs_up_cancels_its_reply(String stream) throws Exception {
    try (ServerUnderTest server = server(builder -> builder)) {
      Events<Event> reply;
      try (Socket socket = new Socket(LOOPBACK, server.server.port())) {
        ask(socket, question(",\"stream\":" + stream));
        reply = replies.take();
      }
      assertThat(reply.closed.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void what_a_client_sends_ahead_is_answered_next() throws Exception {
    try (ServerUnderTest server = server(builder -> builder);
        Socket socket = new Socket(LOOPBACK, server.server.port())) {
      ask(socket, question(""));
      Events<Event> reply = replies.take();
      socket
          .getOutputStream()
          .write(
              "GET /health HTTP/1.1\r\nHost: a.localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      end(reply);
      String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answers).contains("chat.completion").endsWith("{\"status\":\"ok\"}");
    }
  }

  @Test
  void a_body_that_is_too_large_is_refused_however_it_comes() throws Exception {
    try (ServerUnderTest server = server(builder -> builder.maxBodyBytes(2000))) {
      HttpResponse<String> whole = server.chat(",\"user\":\"" + "x".repeat(3000) + "\"");
      assertThat(whole.statusCode()).isEqualTo(413);
      String head =
          "POST "
              + CHAT
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
      try (Socket socket = new Socket(LOOPBACK, server.server.port())) {
        OutputStream out = socket.getOutputStream();
        out.write(
            (head + "bb8\r\n" + "x".repeat(3000) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        assertThat(socket.getInputStream().readNBytes(12))
            .asString(StandardCharsets.US_ASCII)
            .isEqualTo("HTTP/1.1 413");
      }
      assertThat(replies).isEmpty();
    }
  }

  @Test
  void requests_that_together_are_too_large_wait_for_each_other() throws Exception {
    String large = question(",\"user\":\"" + "x".repeat(6000) + "\"");
    try (ServerUnderTest server = server(builder -> builder.bodyBudget(10_000))) {
      for (int i = 0; i < 3; i++) {
        CompletableFuture<HttpResponse<String>> first = later(server, large);
        Events<Event> reply = replies.take();
        HttpResponse<String> second = server.post(CHAT, large);
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(error(second).path("code").asText()).isEqualTo("too_much_at_once");
        end(reply);
        assertThat(first.join().statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void connections_beyond_the_bound_wait_for_one_to_close() throws Exception {
    try (ServerUnderTest server = server(builder -> builder.maxConnections(1));
        Socket first = new Socket(LOOPBACK, server.server.port())) {
      first.getOutputStream().write("GET /health HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
      first.getOutputStream().flush();
      CompletableFuture<String> second =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return server.get("/health").body();
                } catch (Exception e) {
                  throw new CompletionException(e);
                }
              });
      assertThatThrownBy(() -> second.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      first.shutdownOutput();
      assertThat(second.get(30, TimeUnit.SECONDS)).contains("ok");
    }
  }

  @Test
  void headers_that_are_too_large_are_refused() throws Exception {
    try (ServerUnderTest server = server(builder -> builder)) {
      assertThat(server.get("/health", "x-long", "y".repeat(40_000)).statusCode()).isEqualTo(431);
    }
  }

  @Test
  void a_body_that_does_not_come_gives_its_place_back() throws Exception {
    try (ServerUnderTest server =
            server(builder -> builder.maxRequests(1).bodyTimeout(Duration.ofMillis(200)));
        Socket socket = new Socket(LOOPBACK, server.server.port())) {
      socket
          .getOutputStream()
          .write(
              ("POST "
                      + CHAT
                      + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "Content-Length: 100\r\n\r\n{")
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      assertThat(socket.getInputStream().readNBytes(12))
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("HTTP/1.1 408");
      CompletableFuture<HttpResponse<String>> next = later(server);
      end(replies.take());
      assertThat(next.join().statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 400",
        "{ | 400",
        "{} {} | 400",
        "{\"a\":1,\"a\":2} | 400",
        "{\"model\":NaN} | 400",
        "nothing | 400",
      })
  void what_is_no_json_is_refused(String body, int status) throws Exception {
    try (ServerUnderTest server = server(builder -> builder)) {
      HttpResponse<String> response = server.post(CHAT, body);
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(error(response).path("code").asText()).isEqualTo("invalid_json");
    }
  }

  @Test
  void json_that_is_too_deep_is_refused() throws Exception {
    try (ServerUnderTest server = server(builder -> builder)) {
      String deep = "[".repeat(100_000);
      assertThat(server.post(CHAT, "{\"model\":" + deep).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void another_type_of_body_and_another_method_are_refused() throws Exception {
    try (ServerUnderTest server = server(builder -> builder)) {
      assertThat(server.get(CHAT).statusCode()).isEqualTo(405);
      assertThat(server.post("/v1/audio/transcriptions", "{}").statusCode()).isEqualTo(415);
      assertThat(server.post("/v1/nothing", "{}").statusCode()).isEqualTo(404);
      assertThat(server.get("/v1/realtime").statusCode()).isEqualTo(426);
      assertThat(server.get("/v1/models/other").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void a_reader_who_takes_nothing_is_cut_off_and_others_do_not_notice() throws Exception {
    try (ServerUnderTest server = server(builder -> builder.idleTimeout(Duration.ofMillis(500)));
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(1024);
      socket.connect(new InetSocketAddress(LOOPBACK, server.server.port()));
      ask(socket, question(",\"stream\":true"));
      Events<Event> flood = replies.take();
      for (int i = 0; i < 200; i++) {
        flood.give(new TextDelta("x".repeat(100_000)));
      }
      CompletableFuture<HttpResponse<String>> other = later(server);
      end(replies.take());
      assertThat(other.join().statusCode()).isEqualTo(200);
      assertThat(flood.closed.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void a_talker_who_reads_nothing_is_cut_off_and_others_do_not_notice() throws Exception {
    try (ServerUnderTest server = server(builder -> builder.idleTimeout(Duration.ofSeconds(1)))) {
      WebSocket deaf =
          server
              .client
              .newWebSocketBuilder()
              .buildAsync(
                  java.net.URI.create("ws://127.0.0.1:" + server.server.port() + "/v1/realtime"),
                  new WebSocket.Listener() {
                    @Override
                    public void onOpen(WebSocket socket) {}
                  })
              .join();
      deaf.sendText("{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAA=\"}", true).join();
      ScriptedSession session = server.script.sessions.take();
      session.happens(new TurnStarted(1, false));
      Samples minute = new Samples(new float[24_000 * 60], 24_000);
      for (int i = 0; i < 20; i++) {
        session.happens(new AudioDelta(minute, 0, 0, 0));
      }
      try (Talker other = new Talker(server)) {
        other.next("session.created");
      }
      assertThat(session.source.closed.await(60, TimeUnit.SECONDS)).isTrue();
      deaf.abort();
    }
  }

  @Test
  void wrong_events_are_told_and_the_session_goes_on() throws Exception {
    try (ServerUnderTest server = server(builder -> builder);
        Talker talker = new Talker(server)) {
      talker.next("session.created");
      assertError(talker, "{", "invalid_json", null);
      assertError(talker, "[]", "invalid_json", null);
      assertError(talker, "{'type':7}", "invalid_value", "type");
      assertError(talker, "{}", "invalid_value", "type");
      assertError(talker, "{'type':'no.such'}", "unknown_event", null);
      assertError(talker, "{'type':'input_audio_buffer.append'}", "invalid_value", "audio");
      assertError(
          talker, "{'type':'input_audio_buffer.append','audio':'%'}", "invalid_value", "audio");
      assertError(
          talker, "{'type':'input_audio_buffer.append','audio':'AA=='}", "invalid_value", "audio");
      assertError(
          talker,
          "{'type':'session.update','session':{'audio':{'input':{'format':"
              + "{'type':'audio/pcm','rate':16000}}}}}",
          "unsupported_parameter",
          "session.audio.input.format.rate");
      assertError(
          talker,
          "{'type':'session.update','session':{'audio':{'input':{'turn_detection':"
              + "{'type':'server_vad','threshold':2}}}}}",
          "invalid_value",
          "session.audio.input.turn_detection.threshold");
      assertError(
          talker,
          "{'type':'session.update','session':{'audio':{'input':{'turn_detection':"
              + "{'type':'semantic_vad','idle_timeout_ms':6000}}}}}",
          "unsupported_parameter",
          "session.audio.input.turn_detection.idle_timeout_ms");
      assertError(
          talker,
          "{'type':'conversation.item.truncate','item_id':'a','content_index':1}",
          "invalid_value",
          "content_index");
      assertError(
          talker,
          "{'type':'session.update','session':{'no_such':1}}",
          "unsupported_parameter",
          "session.no_such");
      assertError(
          talker,
          "{'type':'session.update','session':{'tool_choice':'required'}}",
          "unsupported_parameter",
          "session.tool_choice");
      assertError(
          talker, "{'type':'conversation.item.retrieve','item_id':'none'}", "item_not_found", null);
      assertError(
          talker,
          "{'type':'conversation.item.truncate','item_id':'none','audio_end_ms':-1}",
          "invalid_value",
          "audio_end_ms");
      assertError(
          talker,
          "{'type':'input_video_buffer.append','image':'http://a/b','time_ms':1}",
          "invalid_value",
          "image");
      talker.socket.sendBinary(ByteBuffer.allocate(10), true).join();
      assertThat(talker.next("error").at("/error/code").asText()).isEqualTo("binary_message");
      talker.send("{'type':'session.update','session':{'instructions':'x'}}");
      talker.next("session.updated");
    }
  }

  private static void assertError(Talker talker, String event, String code, String param)
      throws InterruptedException {
    talker.send(event);
    JsonNode error = talker.next("error").path("error");
    assertThat(error.path("code").asText()).as(event).isEqualTo(code);
    assertThat(error.path("param").textValue()).as(event).isEqualTo(param);
  }

  @Test
  void a_message_that_is_too_large_ends_its_own_session_alone() throws Exception {
    try (ServerUnderTest server = server(builder -> builder.maxBodyBytes(10_000));
        Talker other = new Talker(server);
        Talker talker = new Talker(server)) {
      talker.send("{'type':'" + "x".repeat(20_000) + "'}");
      assertThat(talker.closed.get(30, TimeUnit.SECONDS)).isIn(1009, 1006);
      other.send("{'type':'session.update','session':{'instructions':'x'}}");
      other.find("session.updated");
    }
  }

  @Test
  void a_talker_who_is_silent_is_kept_and_one_who_is_gone_is_not() throws Exception {
    try (ServerUnderTest server =
        server(builder -> builder.maxSessions(1).idleTimeout(Duration.ofMillis(300)))) {
      try (Talker silent = new Talker(server)) {
        silent.next("session.created");
        assertThat(silent.pings.tryAcquire(8, 60, TimeUnit.SECONDS)).isTrue();
        silent.send("{'type':'no.such'}");
        silent.next("error");
      }
      // It answers no ping.
      try (Socket gone = open(server);
          Talker next = connect(server)) {
        assertThat(gone.isConnected()).isTrue();
        next.next("session.created");
      }
    }
  }

  @Test
  void a_socket_that_is_closed_half_gives_its_place_back() throws Exception {
    try (ServerUnderTest server = server(builder -> builder.maxSessions(1));
        Socket half = open(server)) {
      half.shutdownOutput();
      try (Talker next = connect(server)) {
        next.next("session.created");
      }
    }
  }

  /** Opens a WebSocket by hand, as soon as there is a place. */
  private static Socket open(ServerUnderTest server) throws Exception {
    String head =
        String.join(
            "\r\n",
            "GET /v1/realtime HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "",
            "");
    while (true) {
      Socket socket = new Socket(LOOPBACK, server.server.port());
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      byte[] status = socket.getInputStream().readNBytes(12);
      if (new String(status, StandardCharsets.US_ASCII).endsWith("101")) {
        return socket;
      }
      socket.close();
    }
  }

  @Test
  @Timeout(1200)
  void quick_reconnects_leave_nothing_behind() throws Exception {
    try (ServerUnderTest server = server(builder -> builder.maxSessions(4))) {
      for (int i = 0; i < RECONNECTS; i++) {
        try (Talker talker = connect(server)) {
          if (i % 3 == 0) {
            talker.next("session.created");
            talker.send("{'type':'input_audio_buffer.append','audio':'AAA='}");
          } else if (i % 3 == 1) {
            talker.socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
          }
        }
      }
      for (ScriptedSession session : server.script.sessions) {
        assertThat(session.source.closed.await(30, TimeUnit.SECONDS)).isTrue();
      }
      try (Talker talker = connect(server)) {
        talker.next("session.created");
      }
    }
  }

  /** Waits for a place: those who have hung up are noticed a moment later. */
  private static Talker connect(ServerUnderTest server) {
    while (true) {
      try {
        return new Talker(server);
      } catch (CompletionException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void a_server_that_closes_lets_a_running_reply_end() throws Exception {
    ServerUnderTest server = server(builder -> builder);
    CompletableFuture<HttpResponse<String>> running = later(server);
    Events<Event> reply = replies.take();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
    assertThatThrownBy(() -> closing.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    end(reply);
    assertThat(running.join().statusCode()).isEqualTo(200);
    closing.get(30, TimeUnit.SECONDS);
  }

  @Test
  void a_reply_that_does_not_end_is_cancelled_after_the_patience() throws Exception {
    ServerUnderTest server = server(builder -> builder.stopTimeout(Duration.ofMillis(50)));
    CompletableFuture<HttpResponse<String>> running = later(server);
    Events<Event> reply = replies.take();
    try (Talker talker = new Talker(server)) {
      server.close();
      assertThat(reply.closed.getCount()).isZero();
      assertThat(talker.closed.get(30, TimeUnit.SECONDS)).isIn(1001, 1006);
    }
    assertThat(
            running
                .handle((response, failure) -> failure != null || response.statusCode() == 503)
                .join())
        .isTrue();
  }

  @Test
  void health_and_figures_are_told() throws Exception {
    try (ServerUnderTest server = server(builder -> builder)) {
      assertThat(server.get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
      assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
      CompletableFuture<HttpResponse<String>> running = later(server);
      Events<Event> reply = replies.take();
      assertThat(server.get("/metrics").body())
          .contains("longcat_server_requests_active 1.0")
          .contains("jvm_memory_used_bytes");
      end(reply);
      running.join();
    }
  }

  @Test
  void a_port_that_is_taken_is_told() {
    try (ServerUnderTest server = server(builder -> builder)) {
      assertThatThrownBy(() -> server(builder -> builder.port(server.server.port())))
          .isInstanceOf(LongCatException.class)
          .hasMessageContaining("pass another port");
    }
  }

  private static CompletableFuture<HttpResponse<String>> later(ServerUnderTest server) {
    return later(server, question(""));
  }

  private static CompletableFuture<HttpResponse<String>> later(
      ServerUnderTest server, String body) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return server.post(CHAT, body);
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        });
  }

  private static void end(Events<Event> reply) {
    reply.give(new TextDelta("x"));
    reply.give(Events.done(FinishReason.END));
  }

  private static void ask(Socket socket, String body) throws Exception {
    String head =
        "POST "
            + CHAT
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n";
    socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }
}
