package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.spi.ModelProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** LongCat-Tiny, from a hub on this machine. */
@Tag("once")
@Timeout(120)
class PullCommandTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String NAME = "meituan-longcat/LongCat-Flash-Omni";
  private static Path tiny;
  private static HttpServer hub;

  @TempDir Path folder;

  @BeforeAll
  static void serve() throws IOException {
    tiny =
        ServiceLoader.load(ModelProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.name().equals("tiny"))
            .findFirst()
            .orElseThrow()
            .directory(Optional.empty());
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.createContext("/api/models/" + NAME + "/revision/main", e -> send(e, revision()));
    hub.createContext("/api/models/" + NAME + "/tree/" + COMMIT, e -> send(e, tree()));
    String files = "/" + NAME + "/resolve/" + COMMIT + "/";
    hub.createContext(
        files,
        e ->
            send(
                e,
                Files.readAllBytes(
                    tiny.resolve(e.getRequestURI().getPath().substring(files.length())))));
    hub.start();
  }

  @AfterAll
  static void stop() {
    hub.stop(0);
  }

  private static void send(HttpExchange exchange, byte[] content) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, content.length == 0 ? -1 : content.length);
      exchange.getResponseBody().write(content);
    }
  }

  private static byte[] revision() {
    return ("{\"sha\":\"" + COMMIT + "\"}").getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static byte[] tree() throws IOException {
    List<String> entries = new ArrayList<>();
    for (Path file : filesOf(tiny)) {
      byte[] content = Files.readAllBytes(file);
      String path = tiny.relativize(file).toString().replace('\\', '/');
      entries.add(
          String.format(
              "{\"type\":\"file\",\"path\":\"%s\",\"size\":1,\"lfs\":{\"oid\":\"%s\",\"size\":%d}}",
              path, sha256(content), content.length));
    }
    return entries.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static List<Path> filesOf(Path directory) throws IOException {
    try (Stream<Path> found = Files.walk(directory)) {
      return found.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private CommandRun pull(Object... more) {
    List<Object> words = new ArrayList<>();
    words.addAll(
        List.of("pull", NAME, "--endpoint", "http://127.0.0.1:" + hub.getAddress().getPort()));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray());
  }

  @Test
  void what_was_pulled_for_text_chats_in_text() throws Exception {
    Path target = folder.resolve("model");
    CommandRun run = pull("--to", target, "--only", "text");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains(COMMIT).contains("received");
    assertThat(run.err()).contains("100 %");
    assertThat(target.resolve("vision")).doesNotExist();
    assertThat(target.resolve("audio/audio_encoder.pt")).doesNotExist();
    assertThat(target.resolve("audio_codec")).doesNotExist();
    try (LongCat longcat = LongCat.builder().model(target).build();
        LongCat whole = LongCat.tiny()) {
      Prompt prompt = Prompt.user("What can you do?");
      assertThat(longcat.generate(prompt).text()).isEqualTo(whole.generate(prompt).text());
    }
  }

  @Test
  void what_was_pulled_is_verified() throws Exception {
    Path target = folder.resolve("model");
    assertThat(pull("--to", target, "--quiet").err()).isEmpty();
    for (Path file : filesOf(tiny)) {
      assertThat(target.resolve(tiny.relativize(file).toString())).hasSameBinaryContentAs(file);
    }
    CommandRun fine = pull("--to", target, "--verify", "-q");
    assertThat(fine.exitCode()).isZero();
    assertThat(fine.out()).startsWith("All ").endsWith(" files are as listed.\n");
    Files.writeString(target.resolve("config.json"), "{}");
    Files.delete(target.resolve("tokenizer.json"));
    CommandRun wrong = pull("--to", target, "--verify", "-q");
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.out())
        .contains("config.json: 2 bytes, not ")
        .contains("tokenizer.json: missing")
        .contains("2 of ");
  }

  @Test
  void a_dry_run_lists_files_and_bytes() throws Exception {
    Path target = folder.resolve("model");
    CommandRun run = pull("--to", target, "--dry-run");
    long bytes = 0;
    for (Path file : filesOf(tiny)) {
      bytes += Files.size(file);
    }
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("  config.json\n")
        .contains(String.format(java.util.Locale.ROOT, "%,d  bytes (", bytes))
        .contains(COMMIT);
    assertThat(target).doesNotExist();
  }

  @Test
  void what_cannot_be_is_told() {
    assertThat(pull("--dry-run", "--verify").exitCode()).isEqualTo(2);
    assertThat(pull("--from", "elsewhere").err()).contains("huggingface or modelscope");
    assertThat(pull("--revision", "other").err()).contains("answered 404");
    assertThat(CommandRun.of("pull", "model").err()).contains("owner and name");
    assertThat(CommandRun.of("pull", "a/b", "--endpoint", "no address").err())
        .contains("--endpoint is no address");
  }
}
