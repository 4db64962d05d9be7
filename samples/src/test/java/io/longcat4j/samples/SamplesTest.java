package io.longcat4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import javax.sound.sampled.LineUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every program as a reader would, with the small model, in the project's directory. */
class SamplesTest {
  @TempDir Path folder;

  @Test
  void hello_answers() {
    assertThat(output(Hello::main)).startsWith("I can read, look, listen and speak.");
  }

  @Test
  void a_picture_is_seen_and_takes_positions_in_the_prompt() {
    assertThat(output(AskAboutImage::main, TestData.media("tiny/shapes.png")))
        .contains("a purple triangle")
        .containsPattern("\\d{2} positions in the prompt");
  }

  @Test
  void an_answer_is_spoken_into_a_wav_file() throws Exception {
    Path answer = folder.resolve("answer.wav");
    String printed = output(AskAboutAudio::main, TestData.media("tiny/hours-question.wav"), answer);
    assertThat(printed)
        .contains("A day has twenty four hours.")
        .contains("s of speech in " + answer);
    assertThat(Files.readAllBytes(answer)).startsWith('R', 'I', 'F', 'F');
  }

  @Test
  void a_video_is_watched() {
    assertThat(output(AskAboutVideo::main, TestData.media("tiny/clip.gif")))
        .startsWith("The square moves up.");
  }

  @Test
  void a_spoken_question_over_a_video_is_answered() {
    assertThat(
            output(
                TalkOverVideo::main,
                TestData.media("tiny/moving.gif"),
                TestData.media("tiny/moving-question.wav")))
        .startsWith("The ring moves to the left.");
  }

  @Test
  void a_conversation_remembers_its_first_turn() {
    String printed = output(Conversation::main);
    assertThat(printed.lines().filter(line -> line.startsWith("you:"))).hasSize(3);
    assertThat(printed.lines().filter(line -> line.startsWith("model:")))
        .hasSize(3)
        .last()
        .isEqualTo("model: Your name is Anna.");
  }

  @Test
  void loading_is_watched_and_aborted() {
    assertThat(output(WatchLoading::main))
        .contains("LANGUAGE_MODEL", "READY", "aborted: ")
        .doesNotContain("not reached");
  }

  @Test
  void errors_are_told_apart_and_the_engine_stays_usable() {
    assertThat(output(HandleErrors::main))
        .contains("checkpoint: no-such-directory", "media: ", "still there: I can read")
        .doesNotContain("not reached", "anything else");
  }

  @Test
  void words_and_sound_are_read_as_they_come() {
    assertThat(output(ReadAsItComes::main))
        .startsWith("I can read, look, listen and speak.")
        .containsPattern("[1-9]\\.\\d\\d s of speech, first words after \\d+ ms");
  }

  @Test
  void a_model_that_calls_no_tool_answers_itself() {
    assertThat(output(CallTools::main)).isNotBlank().doesNotContain("called: ");
  }

  @Test
  void an_answer_is_the_document_that_the_schema_asks_for() {
    assertThat(output(AnswerInJson::main, TestData.media("tiny/shapes.png")))
        .isEqualToIgnoringNewLines("\"purple\"");
  }

  @Test
  void a_picture_is_told_aloud_through_langchain4j() {
    assertThat(output(AskWithLangchain4j::main, TestData.media("tiny/shapes.png")))
        .startsWith("I see ")
        .contains("a green star", "a purple triangle", "a yellow circle")
        .containsPattern("\\d{5,} bytes of speech");
  }

  @Test
  void a_service_of_langchain4j_looks_at_a_picture_with_a_tool_at_hand() {
    assertThat(output(ServiceWithLangchain4j::main, TestData.media("tiny/shapes.png")))
        .startsWith("LongCat-Tiny does not know tools")
        .hasLineCount(2)
        .doesNotContain("asked for the price");
  }

  @Test
  void a_spoken_question_is_answered_over_the_loudspeaker() {
    long before = PlayedMicrophone.played();
    assertThat(
            output(
                arguments -> {
                  try {
                    TalkToIt.main(new String[] {"1"});
                  } catch (LineUnavailableException e) {
                    throw new AssertionError(e);
                  }
                }))
        .contains("October");
    assertThat(PlayedMicrophone.played() - before).isGreaterThan(24_000);
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
