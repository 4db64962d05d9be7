package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.longcat4j.cli.demo.DemoFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.TargetDataLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatCommandTest {
  private static final Path MEDIA = CommandRun.ROOT.resolve("samples/media/tiny");
  private static final String SHAPES = "I see a green star, a purple triangle and a yellow circle.";

  @TempDir Path folder;

  private static CommandRun chat(List<String> lines, String... options) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            false,
            new BufferedReader(new StringReader(String.join("\n", lines))));
    String[] arguments = new String[options.length + 1];
    arguments[0] = "chat";
    System.arraycopy(options, 0, arguments, 1, options.length);
    int code = LongCatCommand.run(terminal, new Home(Optional.of(CommandRun.ROOT)), arguments);
    return new CommandRun(code, out.toString(), err.toString());
  }

  @Test
  void lines_are_answered_until_the_input_ends() {
    CommandRun run =
        chat(
            List.of(
                "My name is Anna.",
                "",
                "What is my name?",
                "/reset",
                "/image " + MEDIA.resolve("shapes.png"),
                "What do you see?",
                "/reset",
                "/audio " + MEDIA.resolve("hours-question.wav"),
                "",
                ""),
            "-q");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .isEqualTo(
            "Hello Anna!\nYour name is Anna.\n" + SHAPES + "\nA day has twenty four hours.\n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void quit_ends_before_the_input_does() {
    CommandRun run = chat(List.of("/quit", "What can you do?"));
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEmpty();
  }

  @Test
  void a_turn_that_fails_leaves_the_conversation_as_it_was() throws IOException {
    Path file = folder.resolve("chat.json");
    CommandRun run =
        chat(
            List.of(
                "What can you do?",
                "/image " + folder.resolve("none.png"),
                "/nonsense",
                "/image " + MEDIA.resolve("shapes.png"),
                "What do you see? ".repeat(4000),
                "What can you do?",
                "/save " + file),
            "--context",
            "1024");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .isEqualTo("I can read, look, listen and speak.\nI can read, look, listen and speak.\n");
    assertThat(run.err()).contains("none.png", "there is no command /nonsense", "longcat: ");
    JsonNode messages = new ObjectMapper().readTree(file.toFile()).get("chat");
    assertThat(messages).hasSize(4);
    assertThat(messages.toString()).doesNotContain("image");
  }

  @Test
  void a_saved_conversation_has_the_messages_of_a_demo_and_the_sound_beside_it()
      throws IOException {
    Path file = folder.resolve("kept.json");
    Path text = folder.resolve("kept.txt");
    CommandRun run =
        chat(
            List.of(
                "/save " + file,
                "/image " + MEDIA.resolve("shapes.png"),
                "What do you see?",
                "/save " + text,
                "/speak on",
                "What can you do?",
                "/save " + file,
                "/speak off"),
            "--system",
            "Be kind.");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).contains("nothing was said yet", "(saved " + file + ")");
    assertThat(folder.resolve("kept.wav")).isNotEmptyFile();
    assertThat(Files.readString(text))
        .isEqualTo(
            "system:\nBe kind.\n\nuser:\n[image "
                + MEDIA.resolve("shapes.png")
                + "]\nWhat do you see?\n\nassistant:\n"
                + run.out().lines().findFirst().orElseThrow()
                + "\n\n");
    JsonNode saved = new ObjectMapper().readTree(file.toFile());
    ArrayNode messages = (ArrayNode) saved.get("chat");
    assertThat(messages).hasSize(5);
    messages.remove(4); // The demo answers a user.
    Files.writeString(file, saved.toString());
    assertThat(DemoFile.read(file))
        .singleElement()
        .satisfies(one -> assertThat(one.failure()).isEmpty());
  }

  @Test
  void after_a_reset_nothing_is_left() throws IOException {
    Path file = folder.resolve("chat.txt");
    CommandRun run =
        chat(
            List.of(
                "What can you do?",
                "/image " + MEDIA.resolve("shapes.png"),
                "/reset",
                "What can you do?",
                "/save " + file,
                "/save " + folder.resolve("nowhere/chat.txt"),
                "/help"));
    assertThat(run.exitCode()).isZero();
    assertThat(Files.readString(file))
        .isEqualTo(
            "user:\nWhat can you do?\n\nassistant:\nI can read, look, listen and speak.\n\n");
    assertThat(run.err()).contains("cannot be written", "/interleaved FILE");
  }

  @Test
  void without_a_microphone_an_error_says_so_before_a_model_is_loaded() {
    AudioFormat format = new AudioFormat(16000, 16, 1, true, false);
    assumeFalse(AudioSystem.isLineSupported(new DataLine.Info(TargetDataLine.class, format)));
    CommandRun run = chat(List.of(), "--mic");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--mic: this machine has no", "/audio FILE");
    assertThat(run.err()).doesNotContain("Ready.");
  }
}
