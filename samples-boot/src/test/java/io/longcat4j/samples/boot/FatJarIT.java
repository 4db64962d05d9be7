package io.longcat4j.samples.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application as one jar, as it is deployed. */
class FatJarIT {
  private static final Path PICTURE =
      Path.of(System.getProperty("longcat.repository.root"), "samples/media/tiny/shapes.png");
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
  private static final int TERMINATED = 128 + 15;

  @TempDir private static Path cache;
  private static Process application;
  private static BufferedReader log;
  private static String address;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws IOException {
    application =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx600m",
                "-jar",
                System.getProperty("sample.jar"),
                "--server.port=0",
                "--longcat.cache-directory=" + cache)
            .redirectErrorStream(true)
            .start();
    log =
        new BufferedReader(
            new InputStreamReader(application.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder told = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      told.append(line).append('\n');
      Matcher port = PORT.matcher(line);
      if (port.find()) {
        address = "http://127.0.0.1:" + port.group(1);
        return;
      }
    }
    fail("the application did not start:\n" + told);
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    // Process.destroy closes the log.
    assertThat(application.toHandle().destroy()).isTrue();
    List<String> last = log.lines().toList();
    assertThat(application.waitFor()).as(String.join("\n", last)).isEqualTo(TERMINATED);
  }

  private <T> T post(String path, Map<String, String> fields, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    String boundary = "a-boundary";
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    write(body, "--" + boundary + "\r\nContent-Disposition: form-data; name=\"picture\";");
    write(body, " filename=\"shapes.png\"\r\nContent-Type: image/png\r\n\r\n");
    body.writeBytes(Files.readAllBytes(PICTURE));
    fields.forEach(
        (name, value) -> {
          write(body, "\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=\"");
          write(body, name + "\"\r\n\r\n" + value);
        });
    write(body, "\r\n--" + boundary + "--\r\n");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + path))
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
            .build();
    return client.send(request, handler).body();
  }

  private static void write(ByteArrayOutputStream body, String text) {
    body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private String get(String path) throws IOException, InterruptedException {
    return client
        .send(HttpRequest.newBuilder(URI.create(address + path)).build(), BodyHandlers.ofString())
        .body();
  }

  @Test
  void aQuestionAboutAnUploadedPictureIsAnsweredAloud() throws IOException, InterruptedException {
    byte[] wav =
        post("/answer", Map.of("question", "What do you see?"), BodyHandlers.ofByteArray());
    assertThat(wav).startsWith('R', 'I', 'F', 'F');
    assertThat(wav.length).isGreaterThan(24000);
  }

  @Test
  void wordsAndSoundComeAsEvents() throws IOException, InterruptedException {
    List<String> lines =
        post("/stream", Map.of("question", "What do you see?"), BodyHandlers.ofLines()).toList();
    StringBuilder words = new StringBuilder();
    int sounds = 0;
    for (int i = 0; i + 1 < lines.size(); i++) {
      if (lines.get(i).equals("event:words")) {
        words.append(lines.get(i + 1).substring("data:".length()).replace("%20", " "));
      } else if (lines.get(i).equals("event:sound")) {
        assertThat(lines.get(i + 1)).matches("id:\\d+");
        sounds++;
      }
    }
    assertThat(words.toString()).contains("green star");
    assertThat(sounds).isGreaterThan(1);
    assertThat(lines).contains("event:end");
  }

  @Test
  void healthMetersAndPageAreThere() throws IOException, InterruptedException {
    assertThat(get("/actuator/health")).contains("\"longcat\"", "\"ready\":true");
    assertThat(get("/actuator/metrics")).contains("longcat.requests.active");
    assertThat(get("/")).contains("Ask about a picture");
  }
}
