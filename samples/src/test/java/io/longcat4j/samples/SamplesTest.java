package io.longcat4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every program on the shipped checkpoint; its words are noise, so only forms are checked. */
class SamplesTest {
  private static final Path MODEL = TestData.bf16();

  @TempDir Path folder;

  @Test
  void hello_answers() {
    assertThat(output(Hello::main, MODEL)).isNotBlank();
  }

  @Test
  void a_picture_takes_positions_in_the_prompt() {
    String printed = output(AskAboutImage::main, MODEL, TestData.media("photo_533x377.png"));
    assertThat(printed).containsPattern("\\d{3} positions in the prompt");
  }

  @Test
  void an_answer_is_spoken_into_a_wav_file() throws Exception {
    Path answer = folder.resolve("answer.wav");
    String printed =
        output(AskAboutAudio::main, MODEL, TestData.media("audio_question_3s.wav"), answer);
    assertThat(printed).contains("s of speech in " + answer);
    assertThat(Files.readAllBytes(answer)).startsWith('R', 'I', 'F', 'F');
  }

  @Test
  void a_video_is_answered() {
    assertThat(output(AskAboutVideo::main, MODEL, TestData.media("wurenche_3s.mp4"))).isNotBlank();
  }

  @Test
  void a_spoken_question_over_a_video_is_answered() {
    assertThat(
            output(
                TalkOverVideo::main,
                MODEL,
                TestData.media("wurenche_3s.mp4"),
                TestData.media("audio_question_3s.wav")))
        .isNotBlank();
  }

  @Test
  void a_conversation_has_three_turns() {
    String printed = output(Conversation::main, MODEL);
    assertThat(printed.lines().filter(line -> line.startsWith("you:"))).hasSize(3);
    assertThat(printed.lines().filter(line -> line.startsWith("model:"))).hasSize(3);
  }

  @Test
  void loading_is_watched_and_aborted() {
    assertThat(output(WatchLoading::main, MODEL))
        .contains("LANGUAGE_MODEL", "READY", "aborted: ")
        .doesNotContain("not reached");
  }

  @Test
  void errors_are_told_apart_and_the_engine_stays_usable() {
    assertThat(output(HandleErrors::main, MODEL))
        .contains("checkpoint: no-such-directory", "media: ", "still there: ")
        .doesNotContain("not reached", "anything else");
  }

  private static String output(Consumer<String[]> program, Path... arguments) {
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    PrintStream before = System.out;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    System.setOut(new PrintStream(caught, true, StandardCharsets.UTF_8));
    try {
      program.accept(words);
    } finally {
      System.setOut(before);
    }
    return caught.toString(StandardCharsets.UTF_8);
  }
}
