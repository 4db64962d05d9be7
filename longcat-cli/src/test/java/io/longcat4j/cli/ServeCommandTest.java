package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServeCommandTest {
  private static final String LISTENING = "Listening at ";

  @TempDir private Path folder;

  @Test
  void a_model_is_served_until_the_command_is_told_to_stop() throws Exception {
    Path checkpoint = FakeEngineProvider.checkpointIn(folder);
    PipedReader errors = new PipedReader(1 << 16);
    Terminal terminal =
        new Terminal(
            new PrintWriter(new StringWriter()),
            new PrintWriter(new PipedWriter(errors), true),
            false);
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    String[] command = {
      "serve", "--model", checkpoint.toString(), "--port", "0", "--api-key", "k3y"
    };
    Thread serving =
        new Thread(
            () ->
                ended.complete(LongCatCommand.run(terminal, new Home(Optional.empty()), command)));
    serving.start();
    BufferedReader told = new BufferedReader(errors);
    String line = told.readLine();
    while (!line.startsWith(LISTENING)) {
      line = told.readLine();
    }
    URI models = URI.create(line.substring(LISTENING.length()) + "/v1/models");
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest.Builder request = HttpRequest.newBuilder(models);
    assertThat(client.send(request.build(), BodyHandlers.discarding()).statusCode()).isEqualTo(401);
    HttpResponse<String> answer =
        client.send(request.header("Authorization", "Bearer k3y").build(), BodyHandlers.ofString());
    assertThat(answer.body()).contains("\"id\":\"checkpoint\"");
    serving.interrupt();
    assertThat(ended.get(60, TimeUnit.SECONDS)).isEqualTo(LongCatCommand.OK);
  }

  @Test
  void another_address_than_the_loopback_needs_a_key_before_a_model_is_looked_for() {
    Path checkpoint = folder.resolve("not-there");
    StringWriter errors = new StringWriter();
    Terminal terminal =
        new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(errors), false);
    int status =
        LongCatCommand.run(
            terminal,
            new Home(Optional.empty()),
            "serve",
            "--model",
            checkpoint.toString(),
            "--host",
            "0.0.0.0");
    assertThat(status).isEqualTo(LongCatCommand.USER_ERROR);
    assertThat(errors.toString()).contains("--api-key");
  }
}
