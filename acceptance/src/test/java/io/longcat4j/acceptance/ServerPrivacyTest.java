package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server opens no connection and listens at the loopback alone. */
@Tag("once")
class ServerPrivacyTest {
  private static final Pattern OPENING = Pattern.compile("\\b(connect|bind|send(to|msg|mmsg))\\(");

  @TempDir private Path folder;

  @Test
  void a_server_answers_on_the_loopback_and_connects_to_nothing() throws Exception {
    assumeTrue(canTrace(), "strace is missing or may not trace here: nothing was looked at");
    ForkedJvm jvm = ForkedJvm.in(folder);
    Path trace = folder.resolve("trace");
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "-s", "256"));
    command.addAll(List.of("-e", "trace=network", "-o", trace.toString()));
    command.addAll(jvm.command(Served.class, folder.resolve("cache")));
    try (ForkedJvm.Running program = jvm.start(command, Map.of())) {
      var lines = program.process().inputReader(StandardCharsets.UTF_8);
      String port = lines.readLine();
      assertThat(port).as(program.errorText()).isNotNull();
      assertThat(ask(port)).contains("I can read, look, listen and speak.");
      assertThat(jvm.left()).as("while it lives").isEmpty();
      program.process().getOutputStream().close();
      assertThat(lines.readLine()).isEqualTo(Served.CLOSED);
      assertThat(program.status()).isZero();
    }
    List<String> opened =
        Files.readAllLines(trace, StandardCharsets.ISO_8859_1).stream()
            .filter(line -> OPENING.matcher(line).find())
            .filter(line -> !line.contains("AF_UNIX") && !line.contains("resumed>"))
            .toList();
    assertThat(opened).as("its own listening").hasSize(1);
    assertThat(opened.get(0)).contains("bind(").contains("127.0.0.1");
  }

  private static String ask(String port) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .buildAsync(
                URI.create("ws://127.0.0.1:" + port + "/v1/realtime"), new WebSocket.Listener() {})
            .join();
    socket
        .sendText(
            "{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"message\",\"role\":"
                + "\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"Hi\"}]}}",
            true)
        .join();
    socket.abort();
    String question =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"What can you do?\"}]}";
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(question))
                .build(),
            BodyHandlers.ofString());
    return response.body();
  }

  private static boolean canTrace() throws InterruptedException {
    try {
      Process process = new ProcessBuilder("strace", "-f", "-o", "/dev/null", "true").start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
