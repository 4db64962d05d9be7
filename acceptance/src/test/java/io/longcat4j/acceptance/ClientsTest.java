package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.longcat4j.LongCat;
import io.longcat4j.server.LongCatServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients that nobody here wrote hold conversations with LongCat-Tiny: npm's {@code openai} and
 * {@code @openai/agents-realtime}, PyPI's {@code openai}, each in the version of its lock file.
 * They are installed below {@code target}; where that cannot be, the tests are skipped and say so.
 */
@Tag("clients")
class ClientsTest {
  private static final Path ROOT = Path.of(System.getProperty("longcat.repository.root"));
  private static final Path SCRIPTS = ROOT.resolve("acceptance/src/test/clients");
  private static final Path TARGET = ROOT.resolve("acceptance/target/clients");
  private static final long INSTALL_SECONDS = 120;
  private static final long RUN_SECONDS = 120;
  private static final String KEY = "sk-longcat";

  private static final Pattern SHOWN = Pattern.compile("    \\$ (curl .*)\n((?:    (?!\\$).*\n)*)");

  private static LongCat longcat;
  private static LongCatServer server;

  @BeforeAll
  static void serve() {
    longcat = LongCat.tiny();
    server = LongCatServer.builder(longcat).port(0).apiKey(KEY).modelName("longcat-tiny").start();
  }

  @AfterAll
  static void close() {
    server.close();
    longcat.close();
  }

  @Test
  void npms_openai_chats_looks_listens_and_speaks() throws Exception {
    assertThat(run(node(), "node", "chat.mjs", server.uri(), KEY, ForkedJvm.MEDIA))
        .contains("\"models\":[\"longcat-tiny\"]")
        .contains("\"whole\":\"I can read, look, listen and speak.\"")
        .contains("\"streamed\":\"I can read, look, listen and speak.\"")
        .contains("\"finish\":\"stop\",\"tokens\":true")
        .contains("\"usage\":true")
        .contains("\"seen\":\"I see a green star, a purple triangle and a yellow circle.\"")
        .contains("\"spoken\":\"A day has twenty four hours.\",\"wav\":\"RIFF24000\"")
        .contains("\"streamedAudio\":true")
        .contains("\"transcribed\":\"Which month is before November?\"")
        .contains("\"speech\":true")
        .contains("\"wrongKey\":\"AuthenticationError 401 invalid_api_key\"")
        .contains("\"refused\":\"BadRequestError 400 n\"");
  }

  @Test
  void npms_openai_holds_a_spoken_conversation() throws Exception {
    assertThat(run(node(), "node", "realtime.mjs", server.uri(), KEY, ForkedJvm.MEDIA))
        .contains("\"session\":\"realtime\"")
        .contains("\"modalities\":[\"text\"]")
        .contains("\"text\":\"Hello Anna!\"")
        .contains("input_audio_buffer.speech_started")
        .contains("input_audio_buffer.committed")
        .contains("response.output_audio.delta")
        .contains("\"status\":\"completed\"")
        .contains("\"transcript\":\"A day has twenty four hours.\"")
        .contains("\"usage\":true")
        .contains("\"transcribed\":\"How many hours")
        .contains("\"memory\":\"Your name is Anna.\"")
        .contains("\"error\":\"unknown_event\"");
  }

  @Test
  void npms_realtime_agents_speak() throws Exception {
    assertThat(run(node(), "node", "agents.mjs", server.uri(), KEY))
        .contains("\"output\":\"I can read, look, listen and speak.\"")
        .contains("\"errors\":[]")
        .contains("\"history\":[\"user\",\"assistant\"]")
        .doesNotContain("\"audio\":0,");
  }

  @Test
  void pypis_openai_chats_calls_tools_and_speaks() throws Exception {
    Path environment = python();
    String python = environment.resolve("bin/python").toString();
    assertThat(run(environment, python, "client.py", server.uri(), KEY, ForkedJvm.MEDIA))
        .contains("\"models\": [\"longcat-tiny\"]")
        .contains("\"whole\": \"I can read, look, listen and speak.\"")
        .contains("\"streamed\": \"I can read, look, listen and speak.\"")
        .contains("\"transcribed\": \"Which month is before November?\"")
        .contains("\"json\": {\"ok\": true}, \"logprobs\": 2")
        .contains("\"call\": [\"clock\", {\"zone\": \"utc\"}]")
        .contains("\"refused\": \"messages[0].content[0].image_url.url\"")
        .contains("\"realtime\": \"I can read, look, listen and speak.\"")
        .contains("\"sound\": true");
  }

  @Test
  void the_user_guides_commands_give_what_it_shows() throws Exception {
    assumeTrue(works("curl", "--version"), "curl is missing: the user guide was not tried");
    String guide = Files.readString(ROOT.resolve("docs/user-guide.md"));
    Matcher shown = SHOWN.matcher(guide);
    int tried = 0;
    try (LongCatServer open = LongCatServer.builder(longcat).port(0).start()) {
      while (shown.find()) {
        String command = shown.group(1).replace(":8080", ":" + open.port());
        assertThat(run(ROOT, "sh", "-c", command).indent(4)).as(command).isEqualTo(shown.group(2));
        tried++;
      }
    }
    assertThat(tried).isGreaterThan(2);
  }

  /** The folder where the packages of npm are. */
  private static synchronized Path node() throws Exception {
    assumeTrue(works("node", "--version"), "node is missing: npm's clients were not tried");
    Path folder = copied("node");
    boolean installed =
        installed(
            folder,
            "package-lock.json",
            List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"));
    assumeTrue(installed, "npm could not install: its clients were not tried");
    return folder;
  }

  /** The folder where the packages of PyPI are. */
  private static Path python() throws Exception {
    assumeTrue(works("python3", "--version"), "python3 is missing: PyPI's client was not tried");
    Path folder = copied("python");
    boolean installed =
        installed(
            folder,
            "requirements.txt",
            List.of(
                "sh",
                "-c",
                "python3 -m venv . && bin/pip install -q --disable-pip-version-check --no-deps"
                    + " -r requirements.txt"));
    assumeTrue(installed, "pip could not install: its client was not tried");
    return folder;
  }

  private static Path copied(String name) throws IOException {
    Path folder = Files.createDirectories(TARGET.resolve(name));
    try (Stream<Path> files = Files.list(SCRIPTS.resolve(name))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return folder;
  }

  /** Installs unless what is there was installed by the same lock file. */
  private static boolean installed(Path folder, String lock, List<String> command)
      throws Exception {
    Path done = folder.resolve("installed");
    String wanted = Files.readString(folder.resolve(lock));
    if (Files.exists(done) && Files.readString(done).equals(wanted)) {
      return true;
    }
    if (finish(start(folder, command), INSTALL_SECONDS) != 0) {
      return false;
    }
    Files.writeString(done, wanted);
    return true;
  }

  private static boolean works(String... command) throws Exception {
    try {
      return finish(start(ROOT, List.of(command)), INSTALL_SECONDS) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What a client tells, in one line. */
  private static String run(Path folder, Object... words) throws Exception {
    List<String> command = new ArrayList<>();
    Stream.of(words).map(Object::toString).forEach(command::add);
    Process process = start(folder, command);
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Path errorFile = folder.resolve("errors");
    String errors = Files.exists(errorFile) ? Files.readString(errorFile) : "";
    assertThat(finish(process, RUN_SECONDS)).as(told + errors).isZero();
    return told;
  }

  private static Process start(Path folder, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    if (folder.startsWith(TARGET)) {
      builder.redirectError(folder.resolve("errors").toFile());
    } else {
      builder.redirectErrorStream(true);
    }
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private static int finish(Process process, long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return -1;
    }
    return process.exitValue();
  }
}
