package io.longcat4j.samples.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.AudioDelta;
import io.longcat4j.Event;
import io.longcat4j.Samples;
import io.longcat4j.scripted.ScriptedEngine;
import io.longcat4j.scripted.ScriptedReply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application with clients that do not read, and at its end. */
@Tag("once")
@Timeout(120)
class RoughClientsTest {
  private static final String BOUNDARY = "a-boundary";
  private static final int SOUNDS = 2000;
  private static final String STREAM =
      String.join(
          "\r\n",
          "POST /stream HTTP/1.1",
          "Host: 127.0.0.1",
          "Content-Length: 13",
          "Content-Type: application/x-www-form-urlencoded",
          "",
          "question=much");
  private final HttpClient client = HttpClient.newHttpClient();

  private static ConfigurableApplicationContext start(ScriptedEngine engine) {
    return SpringApplication.run(
        SpokenAnswers.class, "--server.port=0", "--longcat.model=" + engine.directory());
  }

  private static int port(ConfigurableApplicationContext application) {
    return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  private static HttpRequest answer(int port) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/answer"))
        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
        .POST(HttpRequest.BodyPublishers.ofByteArray(form()))
        .build();
  }

  private static byte[] form() {
    List<String> lines =
        List.of(
            "--" + BOUNDARY,
            "Content-Disposition: form-data; name=\"picture\"; filename=\"p.png\"",
            "Content-Type: image/png",
            "",
            "not looked at",
            "--" + BOUNDARY,
            "Content-Disposition: form-data; name=\"question\"",
            "",
            "What?",
            "--" + BOUNDARY + "--",
            "");
    return String.join("\r\n", lines).getBytes(StandardCharsets.UTF_8);
  }

  /** The first request gets more than any buffer on its way holds, the others a word. */
  private static ScriptedEngine endless() {
    Event[] sounds = new Event[SOUNDS];
    Arrays.fill(sounds, new AudioDelta(new Samples(new float[24000], 24000), 0, 0, 0));
    return new ScriptedEngine(
        (prompt, generation) ->
            prompt.toString().contains("much")
                ? ScriptedReply.of(sounds)
                : ScriptedReply.saying("word", generation));
  }

  @Test
  void aClientThatNeverReadsHoldsUpNobodyAndItsReplyEndsWithIt() throws Exception {
    ScriptedEngine engine = endless();
    try (ConfigurableApplicationContext application = start(engine)) {
      try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port(application))) {
        silent.getOutputStream().write(STREAM.getBytes(StandardCharsets.US_ASCII));
        // Its first byte; nothing after it is read.
        assertThat(silent.getInputStream().read()).isEqualTo('H');
        HttpResponse<byte[]> answer =
            client.send(answer(port(application)), BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith('R', 'I', 'F', 'F');
      }
      ScriptedReply left = engine.replies().get(0);
      left.closed().get(60, TimeUnit.SECONDS);
      assertThat(left.taken()).isBetween(1, SOUNDS - 1);
    }
    assertThat(engine.closings()).isEqualTo(1);
  }

  @Test
  void theEndWaitsForAnAnswerThatIsOnItsWay() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    CompletableFuture<Void> allowed = new CompletableFuture<>();
    ScriptedEngine engine =
        new ScriptedEngine(
            (prompt, generation) -> {
              asked.complete(null);
              allowed.join();
              return ScriptedReply.saying("at last", generation);
            });
    ConfigurableApplicationContext application = start(engine);
    int port = port(application);
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(answer(port), BodyHandlers.ofByteArray());
    asked.get(60, TimeUnit.SECONDS);
    Thread closing = new Thread(application::close);
    closing.start();
    while (accepts(port)) {
      Thread.onSpinWait();
    }
    assertThat(engine.closings()).as("while an answer is on its way").isZero();
    allowed.complete(null);
    assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(answer.get().body()).startsWith('R', 'I', 'F', 'F');
    closing.join();
    assertThat(engine.closings()).isEqualTo(1);
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
