package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCommandTest {
  @TempDir Path folder;
  private Path checkpoint;

  @BeforeEach
  void make_checkpoint() throws Exception {
    checkpoint = FakeEngineProvider.checkpointIn(folder);
  }

  @Test
  void media_keep_the_order_they_were_given_in_and_the_question_comes_last() {
    CommandRun run =
        CommandRun.of(
            "generate",
            "--model",
            checkpoint,
            "--audio",
            "a.wav",
            "--image",
            "b.png",
            "--video",
            "c.mp4",
            "--interleaved",
            "d.mp4",
            "--image",
            "e.png",
            "--system",
            "Be brief.",
            "Why?");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .startsWith(
            "SYSTEM:Be brief., USER:Audio, USER:Image, USER:Video, USER:Interleaved, USER:Image,"
                + " USER:Why? |");
  }

  @Test
  void pictures_are_turned_upright_on_request() {
    CommandRun run =
        CommandRun.of(
            "generate", "--model", checkpoint, "--upright", "--image", "a.jpg", "--image", "b.jpg");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("USER:Image upright, USER:Image upright |");
  }

  @Test
  void a_name_that_no_file_can_have_is_refused_with_the_remedy() {
    CommandRun run =
        CommandRun.of("generate", "--model", checkpoint, "--image", "a\0b.jpg", "Why?");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("--image", "cannot be a file name in this process", "LC_ALL=C.UTF-8")
        .doesNotContain("Exception");
  }

  @Test
  void sampling_options_reach_the_engine() {
    CommandRun run =
        CommandRun.of(
            "generate",
            "--model",
            checkpoint,
            "--max-new-tokens",
            "5",
            "--top-k",
            "40",
            "--top-p",
            "0.9",
            "--temperature",
            "0.7",
            "--repetition-penalty",
            "1.1",
            "--seed",
            "42",
            "--stop",
            "END",
            "--stop",
            "\n\n",
            "--strict",
            "Hello");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(
            "max 5, k 40, p 0.9, t 0.7, r 1.1, seed OptionalLong[42], stop [END, \n\n], strict"
                + " true");
    assertThat(run.err()).doesNotContain("note:");
  }

  @Test
  void defaults_are_greedy() {
    CommandRun run = CommandRun.of("generate", "--model", checkpoint, "Hello");
    assertThat(run.out())
        .contains(
            "max 1024, k 1, p 1.0, t 1.0, r 1.0, seed OptionalLong.empty, stop [], strict false");
  }

  @Test
  void sampling_options_without_effect_are_pointed_out() {
    CommandRun run = CommandRun.of("generate", "--model", checkpoint, "--seed", "1", "Hello");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("note: --top-k is 1 (greedy)");
  }

  @Test
  void speech_is_written_to_the_named_file() throws Exception {
    Path wav = folder.resolve("out.wav");
    CommandRun run = CommandRun.of("generate", "--model", checkpoint, "--speech", wav, "Hello");
    assertThat(run.exitCode()).isZero();
    assertThat(Files.readAllBytes(wav)).hasSize(44 + 3 * 2).startsWith('R', 'I', 'F', 'F');
    assertThat(run.err())
        .contains(
            "37 prompt tokens, 21 new tokens (cut at the limit), 8.3 experts per token; encode 0.10"
                + " s, prefill 0.20 s, decode 2.00 s (10.0 tokens/s), vocode 0.40 s; 0.00 s of"
                + " speech at 24000 Hz");
  }

  @Test
  void the_tokens_of_the_speech_are_written_to_the_named_file() throws Exception {
    Path codes = folder.resolve("codes.json");
    CommandRun run = CommandRun.of("generate", "--model", checkpoint, "--codes", codes, "Hello");
    assertThat(run.exitCode()).isZero();
    assertThat(Files.readString(codes)).startsWith("{\"semantic\": [");
    CommandRun nowhere =
        CommandRun.of("generate", "--model", checkpoint, "--codes", folder.resolve("x/y"), "Hi");
    assertThat(nowhere.err()).contains("--codes", "its folder does not exist");
  }

  @Test
  void a_missing_folder_for_speech_is_noticed_before_anything_is_loaded() {
    Path wav = folder.resolve("nowhere/out.wav");
    CommandRun run = CommandRun.of("generate", "--model", checkpoint, "--speech", wav, "Hello");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("its folder does not exist").doesNotContain("Loading");
  }

  @Test
  void a_reply_without_speech_is_printed_and_the_missing_file_is_told() {
    Path wav = folder.resolve("out.wav");
    CommandRun run = CommandRun.of("generate", "--model", checkpoint, "--speech", wav, "be mute");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).startsWith("USER:be mute");
    assertThat(run.err()).contains("The reply holds no speech, so " + wav + " was not written");
    assertThat(wav).doesNotExist();
  }

  @Test
  void warnings_of_the_reply_are_shown_even_when_quiet() {
    CommandRun run = CommandRun.of("generate", "-q", "--model", checkpoint, "long sound");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err().strip()).isEqualTo("warning: only the first 120 s are heard");
  }

  @Test
  void nothing_to_ask_is_an_error_that_says_what_to_pass() {
    CommandRun run = CommandRun.of("generate", "--model", checkpoint);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("Nothing was asked; pass a question");
  }

  @Test
  void without_a_model_the_small_one_answers_and_says_so_unless_it_shall_be_quiet() {
    CommandRun run = CommandRun.of("generate", "--cache-dir", checkpoint, "Hello");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("USER:Hello | ");
    assertThat(run.err())
        .containsOnlyOnce("note: no --model was given, so LongCat-Tiny answers")
        .contains("Ready.");
    assertThat(CommandRun.of("generate", "-q", "--cache-dir", checkpoint, "Hello").err()).isEmpty();
  }
}
