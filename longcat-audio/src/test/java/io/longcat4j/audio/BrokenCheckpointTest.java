package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.Device;
import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.testing.Poison;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenCheckpointTest {
  @TempDir Path directory;

  @BeforeEach
  void copyTheFixture() throws IOException {
    for (String folder : List.of("audio", "audio_codec")) {
      Files.createDirectories(directory.resolve(folder));
      try (Stream<Path> files = Files.list(TestData.bf16().resolve(folder))) {
        for (Path file : files.toList()) {
          Files.copy(file, directory.resolve(folder).resolve(file.getFileName()));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "preprocessor_config.json",
        "global_cmvn",
        "audio_encoder.pt",
        "audio_projector.pt"
      })
  void a_missing_file_is_named(String file) throws IOException {
    Files.delete(directory.resolve("audio").resolve(file));
    refusesHearing(file);
  }

  @Test
  void a_truncated_weight_file_is_named() throws IOException {
    Path file = directory.resolve("audio/audio_encoder.pt");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    refusesHearing("audio_encoder.pt");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"hidden_size\": 128', '\"hidden_size\": 64', ffn.0.weight",
    "'\"nlayer\": 5', '\"nlayer\": 6', fsmn_layers.",
    "'\"left_order\": 10', '\"left_order\": 8', memory.weight",
    "'\"num_right_layers\": 2', '\"num_right_layers\": 1', fsmn_layers.3.memory.weight",
    "'\"ndnn\": 2', '\"ndnn\": 3', dnn.4.weight",
    "'\"ndnn\": 2', '\"ndnn\": 0', 0.weight",
    "'\"ndnn\": 2', '\"ndnn\": -1', ndnn",
    "'\"input_size\": 1200', '\"input_size\": 400', input_size",
    "relu6, swish, activation"
  })
  void sizes_that_do_not_fit_the_weights_name_the_tensor_or_key(
      String from, String to, String named) throws IOException {
    edit("audio/config.json", from, to);
    refusesHearing(named);
  }

  @Test
  void a_tensor_without_a_place_in_the_network_is_told() throws IOException {
    edit("audio/config.json", "\"ndnn\": 2", "\"ndnn\": 1");
    List<String> warnings = new ArrayList<>();
    AudioEncoder.open(
            new ModalityContext(
                directory, 192, Device.cpu(), 2, LoadingListener.silent(), warnings::add))
        .close();
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("audio_encoder.pt: 2 tensors have no place", "dnn.2.bias and others");
  }

  @Test
  void the_classifier_that_published_files_have_is_not_told() {
    List<String> warnings = new ArrayList<>();
    AudioEncoder.open(
            new ModalityContext(
                directory, 192, Device.cpu(), 2, LoadingListener.silent(), warnings::add))
        .close();
    assertThat(warnings).isEmpty();
  }

  @Test
  void a_vector_that_is_no_number_is_named() throws IOException {
    Poison.first(directory.resolve("audio/audio_encoder.pt"), "dnn.2.bias");
    refusesHearing("tensor dnn.2.bias holds NaN");
  }

  @Test
  void features_of_another_width_than_the_statistics_are_refused() throws IOException {
    edit("audio/preprocessor_config.json", "\"num_mel_bins\": 80", "\"num_mel_bins\": 40");
    refusesHearing("global_cmvn");
  }

  @Test
  void rows_of_another_width_than_the_language_model_are_refused() {
    assertThatThrownBy(() -> AudioEncoder.open(Golden.context(directory, 256)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("audio_projector.pt")
        .hasMessageContaining("256");
  }

  @Test
  void a_codec_file_that_is_nowhere_lists_the_places() throws IOException {
    edit("audio_codec/config.yaml", "'decoder.pt'", "'ckpts/missing.pt'");
    assertThatThrownBy(this::openVoice)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("ckpt_path")
        .hasMessageContaining("[ckpts/missing.pt, ")
        .hasMessageContaining(directory.resolve("audio_codec/ckpts/missing.pt").toString())
        .hasMessageContaining(directory.resolve("audio_codec/missing.pt").toString());
  }

  @Test
  void a_codec_file_is_found_in_a_folder_beside_the_yaml_by_bare_name_and_as_written()
      throws IOException {
    Path folder = Files.createDirectory(directory.resolve("audio_codec/ckpts"));
    Path moved = Files.move(directory.resolve("audio_codec/decoder.pt"), folder.resolve("a.pt"));
    edit("audio_codec/config.yaml", "'decoder.pt'", "'ckpts/a.pt'");
    openVoice().close();
    Files.move(moved, directory.resolve("audio_codec/a.pt"));
    openVoice().close();
    Path elsewhere = Files.move(directory.resolve("audio_codec/a.pt"), directory.resolve("b.pt"));
    edit("audio_codec/config.yaml", "'ckpts/a.pt'", "'" + elsewhere.toAbsolutePath() + "'");
    openVoice().close();
  }

  @ParameterizedTest
  @CsvSource({
    "'''24k''', '''48k''', decoder_type",
    "'[8, 6, 6, 5]', '[8, 6, 0, 5]', codec_dec_ratios",
    "'[8, 6, 6, 5]', '[]', codec_dec_ratios",
    "'[8, 6, 6, 5]', '[8, 6, 6, 4]', decoder.model.4.block.1.weight_v",
    "'codec_dimension: 64', 'codec_dimension: 63', codec_dimension",
    "'codec_codebook_size: 22', 'codec_codebook_size: 23', codebook_a.weight",
    "'codec_codebook_search_dim: 8', 'codec_codebook_search_dim: [8, 8]', search_dim",
    "'codec_codebooks: 3', 'codec_codebooks: 4', quantizers.3.codebook_a.weight",
    "'semantic_dim: 80', 'semantic_dim: 79', semantic_dequantizer.dequant.weight",
    "'decoder_dim: 96', 'decoder_dim: 94', decoder.model.0.weight_v",
    "'semantic_token_nums: 512', 'semantic_token_nums: none', semantic_token_nums",
    "'codec_config:', 'codec: [', config.yaml",
    "'codec_config:', 'other:', codec_config"
  })
  void codec_settings_that_do_not_fit_are_refused_by_name(String from, String to, String named)
      throws IOException {
    edit("audio_codec/config.yaml", from, to);
    assertThatThrownBy(this::openVoice)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(named);
  }

  @Test
  void a_centred_decoder_over_causal_weights_is_refused() throws IOException {
    edit("audio_codec/config.yaml", "'24k'", "'16k'");
    assertThatThrownBy(this::openVoice)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("decoder.model.1.block.1.weight_v");
  }

  @Test
  void loading_tells_every_file_and_counts_bytes_to_the_end() {
    List<LoadingProgress> heard = new ArrayList<>();
    AudioEncoder.open(context(heard::add)).close();
    assertThat(heard)
        .extracting(LoadingProgress::file)
        .contains("audio/audio_encoder.pt", "audio/audio_projector.pt");
    LoadingProgress last = heard.get(heard.size() - 1);
    assertThat(last.phase()).isEqualTo(LoadingProgress.Phase.AUDIO);
    assertThat(last.bytesDone()).isEqualTo(last.bytesTotal()).isPositive();
  }

  @Test
  void loading_stops_where_the_listener_aborts() {
    assertThatThrownBy(() -> CodecDecoder.open(context(LoadingProgress::abort)))
        .isInstanceOf(LoadingAbortedException.class)
        .hasMessageContaining("decoder.pt");
  }

  private void refusesHearing(String named) {
    assertThatThrownBy(() -> AudioEncoder.open(Golden.context(directory)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(named);
  }

  private CodecDecoder openVoice() {
    return CodecDecoder.open(Golden.context(directory));
  }

  private ModalityContext context(LoadingListener listener) {
    return new ModalityContext(directory, 192, Device.cpu(), 2, listener);
  }

  private void edit(String file, String from, String to) throws IOException {
    Path path = directory.resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(from);
    Files.writeString(path, text.replace(from, to));
  }
}
