package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
  private static final List<String> PUBLISHED =
      List.of(
          "text_case",
          "audio_case",
          "image_case",
          "text_video_case",
          "video_audio_case",
          "video_case");

  @TempDir Path folder;
  private Path checkpoint;
  private Path output;

  @BeforeEach
  void make_checkpoint() throws Exception {
    checkpoint = FakeEngineProvider.checkpointIn(folder);
    output = folder.resolve("results/today");
  }

  @Test
  void the_six_published_cases_each_get_a_json_and_a_wav() {
    CommandRun run = CommandRun.of("demo", "--model", checkpoint, "--output", output);
    assertThat(run.exitCode()).isZero();
    for (String name : PUBLISHED) {
      assertThat(output.resolve(name + ".json")).isNotEmptyFile();
      assertThat(output.resolve(name + ".wav")).hasSize(50);
      assertThat(run.out()).contains("== " + name);
    }
    assertThat(run.out()).contains("USER:视频里出现了哪些物体？ | max 4096, k 1,");
  }

  @Test
  void the_json_holds_the_text_and_the_raw_audio_ids_like_the_published_demo() throws Exception {
    Path cases = write("{\"a\": [" + user("Say \\\"hi\\\"\\n") + "]}");
    assertThat(run(cases).exitCode()).isZero();
    assertThat(Files.readString(output.resolve("a.json")))
        .isEqualTo(
            """
            {
                "text": "USER:Say \\"hi\\"\\n | max 4096, k 1, p 1.0, t 1.0, r 1.0, seed \
            OptionalLong.empty, stop [], strict false",
                "audio_codes": [
                    [140, 54, 411, 336],
                    [32, 33, 34, 35]
                ]
            }
            """);
  }

  @Test
  void without_speech_there_are_no_codes_and_no_sound() throws Exception {
    Path cases = write("{\"a\": [" + user("Hello") + "]}");
    CommandRun run = run(cases, "--no-speech", "--max-new-tokens", "9");
    assertThat(run.exitCode()).isZero();
    assertThat(Files.readString(output.resolve("a.json")))
        .contains("max 9,")
        .contains("\"audio_codes\": []");
    assertThat(output.resolve("a.wav")).doesNotExist();
  }

  @Test
  void a_failing_case_is_reported_and_the_others_still_run() throws Exception {
    Path cases =
        write(
            "{\"a\": [%s], \"b\": [%s], \"c\": [%s], \"d\": [%s]}"
                .formatted(
                    user("broken media"),
                    user("defect"),
                    user("Hello").replace("text\":", "txt\":"),
                    user("Hello")));
    CommandRun run = run(cases);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("case a: cat.png: not a picture; pass another file")
        .contains("case b: a defect: java.lang.IllegalStateException: index 7")
        .contains("case c, message 1, part 1: unknown key 'txt'")
        .contains("3 of 4 cases failed.");
    assertThat(output.resolve("d.json")).exists();
    assertThat(output.resolve("a.json")).doesNotExist();
  }

  @Test
  void where_no_case_can_be_read_nothing_is_loaded() throws Exception {
    CommandRun run = run(write("{\"a\": []}"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("1 of 1 cases failed.").doesNotContain("Loading");
  }

  @Test
  void a_file_that_is_not_json_is_a_user_error() throws Exception {
    CommandRun run = run(write("{\n\"a\": ["));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("cases.json, line 2: not valid JSON");
  }

  @Test
  void without_the_shipped_samples_the_message_says_what_to_pass() {
    Home nowhere = new Home(Optional.empty());
    assertThat(CommandRun.in(nowhere, "demo").err())
        .contains("pass a JSON file of conversations")
        .contains("-Dlongcat.home=DIRECTORY");
    Home wrong = new Home(Optional.of(folder));
    CommandRun run = CommandRun.in(wrong, "demo");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains(folder.resolve("samples/media/tiny/demo.json") + " does not exist")
        .contains("correct -Dlongcat.home");
  }

  @Test
  void without_a_model_the_small_one_answers_cases_of_its_own() throws Exception {
    Path home = folder.resolve("home");
    Path cases = home.resolve("samples/media/tiny/demo.json");
    Files.createDirectories(cases.getParent());
    Files.writeString(cases, "{\"small\": [" + user("Hello") + "]}");
    CommandRun run =
        CommandRun.in(
            new Home(Optional.of(home)), "demo", "--cache-dir", checkpoint, "--output", output);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("note: no --model was given, so LongCat-Tiny answers");
    assertThat(run.out()).contains("== small").contains("USER:Hello | max 4096,");
  }

  @Test
  void an_output_that_is_a_file_is_a_user_error() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    CommandRun run = CommandRun.of("demo", "--model", checkpoint, "--output", file);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("The output directory " + file + " cannot be created");
  }

  private CommandRun run(Path cases, String... more) {
    List<Object> arguments =
        new java.util.ArrayList<>(
            List.of("demo", cases, "--model", checkpoint, "--output", output));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray());
  }

  private Path write(String json) throws Exception {
    return Files.writeString(folder.resolve("cases.json"), json);
  }

  private static String user(String text) {
    return "{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"" + text + "\"}]}";
  }
}
