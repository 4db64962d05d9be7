package io.longcat4j.cli;

import static io.longcat4j.testing.Closeness.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.testing.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
class VerifyCommandTest {
  private static final Path CHECKPOINT = TestData.bf16();

  @TempDir Path folder;

  @Test
  void the_table_has_a_line_for_every_entry_and_finds_the_media_by_itself() {
    CommandRun run = CommandRun.of("verify", CHECKPOINT, TestData.golden(CHECKPOINT));
    assertThat(run.out())
        .contains("templates[21]")
        .containsPattern("codec\\.waveform +[0-9.e-]+ +[0-9.e-]+  ok")
        .contains("images.tiny_30x20.grid", "speech_generation.states")
        .doesNotContain("--media");
  }

  @Test
  void a_changed_number_makes_the_exit_code_1() throws Exception {
    Path golden = Files.createDirectories(folder.resolve("golden"));
    Files.copy(
        TestData.golden(CHECKPOINT).resolve("golden.safetensors"),
        golden.resolve("golden.safetensors"),
        StandardCopyOption.REPLACE_EXISTING);
    String json = Files.readString(TestData.golden(CHECKPOINT).resolve("golden.json"));
    Files.writeString(
        golden.resolve("golden.json"),
        json.replaceFirst("(?<before>\"tokens\":\\s*\\[\\s*)494", "${before}495"));
    CommandRun run = CommandRun.of("verify", CHECKPOINT, golden, "--media", TestData.media(""));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .containsPattern("images\\.photo_533x377\\.tokens +1 +0  FAILED  \\(from character 3")
        .contains("FAILED: ");
  }

  @Test
  void what_was_computed_can_be_dumped() {
    Path dump = folder.resolve("computed.safetensors");
    CommandRun run =
        CommandRun.of(
            "verify",
            CHECKPOINT,
            TestData.golden(CHECKPOINT),
            "--media",
            TestData.media(""),
            "--dump",
            dump);
    assertThat(run.exitCode()).isZero();
    TensorSource expected =
        SafetensorsFile.open(TestData.golden(CHECKPOINT).resolve("golden.safetensors"));
    TensorSource computed = SafetensorsFile.open(dump);
    assertThat(computed.names()).contains("llm.logits", "codec.waveform", "video.pooled");
    for (String name : computed.names()) {
      assertClose(name, computed.require(name).toFloats(), expected.require(name).toFloats());
      assertThat(computed.require(name).shape()).isEqualTo(expected.require(name).shape());
    }
  }

  @Test
  void the_language_model_is_verified_over_ranks() {
    CommandRun run =
        CommandRun.of(
            "verify",
            CHECKPOINT,
            TestData.golden(CHECKPOINT),
            "--media",
            TestData.media(""),
            "--ranks",
            2);
    assertThat(run.exitCode()).as(run.out()).isZero();
    CommandRun rounded =
        CommandRun.of(
            "verify", CHECKPOINT, TestData.golden(CHECKPOINT), "--ranks", 2, "--numerics", "bf16");
    assertThat(rounded.exitCode()).isEqualTo(LongCatCommand.USER_ERROR);
    assertThat(rounded.err()).contains("on one rank");
  }

  @Test
  void folders_that_are_none_are_named() {
    CommandRun run = CommandRun.of("verify", folder.resolve("x"), folder);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("CHECKPOINT_DIR " + folder.resolve("x") + " is not a directory");
    run = CommandRun.of("verify", folder, folder.resolve("y"));
    assertThat(run.err()).contains("GOLDEN_DIR " + folder.resolve("y") + " is not a directory");
  }

  @Test
  void a_golden_folder_without_its_files_is_a_user_error() {
    CommandRun run = CommandRun.of("verify", CHECKPOINT, folder);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("golden.safetensors");
  }
}
