package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("once")
class CodecCommandTest {
  private static final Path ENCODER = TestData.codecEncoder();
  private static final Path DECODER = TestData.bf16();
  private static final Path SOUND =
      CommandRun.ROOT.resolve("samples/media/audio_question_3s_16k.wav");

  @TempDir Path folder;

  @Test
  void a_sound_becomes_tokens_and_tokens_become_sound() throws IOException {
    Path codes = folder.resolve("codes.json");
    CommandRun encoded = CommandRun.of("codec", "encode", SOUND, "--codec", ENCODER, "-o", codes);
    assertThat(encoded.exitCode()).as(encoded.err()).isZero();
    assertThat(encoded.out()).isEmpty();
    assertThat(encoded.err()).contains("42 frames, 3 acoustic codebooks");
    assertThat(Files.readString(codes))
        .startsWith("{\"semantic\": [85, 13, 13, 112,")
        .contains("[62, 154, 302,");
    Path sound = folder.resolve("sound.wav");
    CommandRun decoded = CommandRun.of("codec", "decode", codes, "--codec", DECODER, "-o", sound);
    assertThat(decoded.exitCode()).as(decoded.err()).isZero();
    assertThat(decoded.err()).contains("42 frames, 2.52 s of sound at 24000 Hz");
    assertThat(Files.size(sound)).isEqualTo(44 + 2L * 42 * 1440);
  }

  @Test
  void tokens_go_to_the_results_where_no_file_is_named() throws IOException {
    Path codes = folder.resolve("codes.json");
    CommandRun.of("codec", "encode", SOUND, "--codec", ENCODER, "-o", codes);
    CommandRun printed = CommandRun.of("codec", "encode", "-q", SOUND, "--codec", ENCODER);
    assertThat(printed.out()).isEqualTo(Files.readString(codes));
    assertThat(printed.err()).isEmpty();
  }

  @Test
  void a_half_that_is_not_there_is_named() throws IOException {
    Path codes =
        Files.writeString(folder.resolve("c.json"), "{\"semantic\":[1],\"acoustic\":[[1]]}");
    CommandRun run =
        CommandRun.of("codec", "decode", codes, "--codec", ENCODER, "-o", folder.resolve("o.wav"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(ENCODER.resolve("config.yaml").toString(), "does not exist");
    CommandRun other = CommandRun.of("codec", "encode", SOUND, "--codec", DECODER);
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains(DECODER.resolve("encoder.pt").toString(), "does not exist");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "nothing; is no JSON",
        "[]; semantic: expected a list",
        "{\"semantic\": [1]}; acoustic: expected a list",
        "{\"semantic\": [1], \"acoustic\": [1]}; acoustic[0]: expected a list",
        "{\"semantic\": [1, 2], \"acoustic\": [[1]]}; acoustic[0]: it has 1 codes, but there are 2",
        "{\"semantic\": [1.5], \"acoustic\": [[1]]}; semantic[0]: expected a whole number",
        "{\"semantic\": [99999999999], \"acoustic\": [[1]]}; semantic[0]: expected a whole number",
        "{\"semantic\": [1], \"acoustic\": [[-1]]}; acoustic[0][0]: expected a whole number",
        "{\"semantic\": [], \"acoustic\": []}; There are no codec frames",
        "{\"semantic\": [1], \"acoustic\": []}; has 0 acoustic codes",
        "{\"semantic\": [99999], \"acoustic\": [[1]]}; semantic code is 99999"
      })
  void files_that_hold_no_tokens_are_refused(String text, String reason) throws IOException {
    Path codes = Files.writeString(folder.resolve("codes.json"), text);
    Path sound = folder.resolve("sound.wav");
    CommandRun run = CommandRun.of("codec", "decode", codes, "--codec", DECODER, "-o", sound);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(reason);
    assertThat(sound).doesNotExist();
  }

  @Test
  void places_that_cannot_be_written_are_told_before_work_begins() {
    Path nowhere = folder.resolve("nowhere/file");
    CommandRun decode = CommandRun.of("codec", "decode", "no.json", "-o", nowhere);
    assertThat(decode.exitCode()).isEqualTo(2);
    assertThat(decode.err()).contains("its folder does not exist");
    CommandRun encode = CommandRun.of("codec", "encode", SOUND, "--codec", ENCODER, "-o", nowhere);
    assertThat(encode.exitCode()).isEqualTo(2);
    assertThat(encode.err()).contains("its folder does not exist");
  }

  @Test
  void help_is_there_and_nothing_to_do_is_a_usage_error() {
    assertThat(CommandRun.of("codec", "encode", "--help").out())
        .contains("Usage: longcat codec encode");
    assertThat(CommandRun.of("codec", "decode", "--help").out())
        .contains("Usage: longcat codec decode");
    assertThat(CommandRun.of("codec").exitCode()).isEqualTo(2);
  }

  @Test
  void windows_are_measured_against_the_whole() {
    CommandRun run =
        CommandRun.of(
            "bench", "codec", ENCODER, SOUND, "--seconds", "4", "--windows", "2/5/2,99/5/99");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("4.0 s of sound, 67 frames")
        .containsPattern("2 / 5 / 2 +100.0 % +[0-9.]+ %")
        .containsPattern("99 / 5 / 99 +100.0 % +100.0 %");
    assertThat(CommandRun.of("bench", "codec", ENCODER, SOUND, "--windows", "2/0/2").err())
        .contains("frames 0 is impossible");
    assertThat(CommandRun.of("bench", "codec", ENCODER, SOUND, "--windows", "2").err())
        .contains("'2' is no window");
  }

  @Test
  void a_folder_with_a_codec_encoder_is_verified() throws IOException {
    CommandRun run = CommandRun.of("verify", ENCODER, ENCODER);
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .contains("audio_case.acoustic_latent", "audio_question.semantic_codes")
        .contains("passed: 8 ok, 0 failed, 0 missing, 0 not checked, 0 inputs");
  }

  @Test
  void an_encoder_of_other_weights_fails_the_verification() throws IOException {
    Path variant = CommandRun.ROOT.resolve("longcat-audio/src/test/resources/encoders/odd-ratios");
    CommandRun same = CommandRun.of("verify", variant, variant);
    assertThat(same.out()).contains("passed: 4 ok, 0 failed, 0 missing, 0 not checked, 1 inputs");
    CommandRun other = CommandRun.of("verify", ENCODER, variant);
    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.out()).contains("FAILED: 0 ok, 4 failed");
    CommandRun absent = CommandRun.of("verify", DECODER, variant);
    assertThat(absent.exitCode()).isEqualTo(1);
    assertThat(absent.out()).contains("encoder.pt: does not exist");
  }

  @Test
  void a_sound_that_is_nowhere_is_asked_for() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    CommandRun run = CommandRun.of("verify", ENCODER, ENCODER, "--media", empty);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .contains(
            empty.resolve("audio_case_16k.wav").toString(), "pass its directory with --media");
  }
}
