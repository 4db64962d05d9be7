package io.longcat4j.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.AudioCodec;
import io.longcat4j.CheckpointException;
import io.longcat4j.CodecFrame;
import io.longcat4j.CodecWindow;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LiveEncoding;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.Samples;
import io.longcat4j.testing.Poison;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("once")
class AudioCodecTest {
  private static final CodecFrame FRAME = new CodecFrame(1, List.of(2, 3, 4));

  @TempDir Path directory;

  @Test
  void a_sound_file_becomes_the_frames_of_both_halves() {
    EncoderGolden golden = EncoderGolden.published();
    try (AudioCodec codec = AudioCodec.open(golden.folder())) {
      List<CodecFrame> frames = codec.encode(Audio.of(TestData.media("audio_question_3s_16k.wav")));
      assertThat(frames.stream().mapToInt(CodecFrame::semantic).toArray())
          .containsExactly(golden.ints("audio_question.semantic_codes"));
      assertThat(frames).allSatisfy(frame -> assertThat(frame.acoustic()).hasSize(3));
      assertThat(codec.describe()).contains("codec encoder: 16000 Hz", "codec decoder: none");
    }
  }

  @Test
  void sound_of_another_rate_is_resampled_whole_and_live_alike() {
    Samples sound = new Samples(Golden.pcm("audio_question_3s.wav"), 24000);
    CodecWindow all = new CodecWindow(1000, 50, 1000);
    try (AudioCodec codec = AudioCodec.open(EncoderGolden.published().folder())) {
      List<CodecFrame> whole = codec.encode(sound);
      assertThat(whole).hasSize(42);
      try (LiveEncoding live = codec.openEncoding(24000, all)) {
        List<CodecFrame> frames = new ArrayList<>(live.push(sound.values()));
        frames.addAll(live.finish());
        assertThat(frames).isEqualTo(whole);
      }
    }
  }

  @Test
  void what_is_encoded_can_be_decoded_where_both_halves_lie_together() throws IOException {
    copy(EncoderGolden.published().folder(), directory);
    copy(TestData.bf16().resolve("audio_codec"), directory);
    try (AudioCodec codec = AudioCodec.open(directory)) {
      List<CodecFrame> frames = codec.encode(Audio.of(TestData.media("audio_question_3s_16k.wav")));
      assertThat(codec.decode(frames).count()).isEqualTo(frames.size() * 1440);
    }
  }

  @Test
  void a_checkpoint_that_speaks_decodes_and_its_language_model_is_no_encoder() {
    try (AudioCodec codec = AudioCodec.open(TestData.bf16())) {
      assertThat(codec.decode(List.of(FRAME, FRAME)).sampleRateHz()).isEqualTo(24000);
      assertThatThrownBy(() -> codec.encode(new Samples(new float[960], 16000)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(TestData.bf16().resolve("encoder.pt").toString())
          .hasMessageContaining("can decode, but not encode");
    }
  }

  @Test
  void an_encoder_may_lie_in_the_codec_folder_of_a_checkpoint() throws IOException {
    copy(EncoderGolden.variant("ties-8khz").folder(), directory.resolve("audio_codec"));
    try (AudioCodec codec = AudioCodec.open(directory)) {
      assertThat(codec.encode(new Samples(new float[8000], 8000))).hasSize(25);
      assertThatThrownBy(() -> codec.decode(List.of(FRAME)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(directory.resolve("config.yaml").toString())
          .hasMessageContaining("can encode, but not decode");
    }
  }

  @Test
  void a_folder_with_neither_half_and_no_folder_at_all_are_refused() {
    assertThatThrownBy(() -> AudioCodec.open(directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("holds no codec");
    assertThatThrownBy(() -> AudioCodec.open(directory.resolve("nowhere")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is not a directory");
    assertThatThrownBy(() -> AudioCodec.builder().build())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("No codec was named");
  }

  @Test
  void sounds_that_are_none_are_refused_and_short_ones_are_filled_up() {
    try (AudioCodec codec = AudioCodec.open(EncoderGolden.published().folder())) {
      assertThatThrownBy(() -> codec.encode(new Samples(new float[0], 16000)))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("holds no sample");
      for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e20f}) {
        float[] samples = new float[2000];
        samples[1234] = value;
        assertThatThrownBy(() -> codec.encode(new Samples(samples, 16000)))
            .isInstanceOf(MediaException.class)
            .hasMessageContaining("sample 1234 is");
      }
      assertThat(codec.encode(new Samples(new float[1], 16000))).hasSize(1);
      assertThat(codec.encode(new Samples(new float[960], 16000))).hasSize(1);
      assertThat(codec.encode(new Samples(new float[961], 16000))).hasSize(2);
      float[] loud = new float[9600];
      Arrays.fill(loud, 0x1p31f);
      assertThat(codec.encode(new Samples(loud, 16000))).hasSize(10);
    }
  }

  @Test
  void a_sound_beyond_two_minutes_goes_through_windows() {
    float[] samples = EncoderGolden.variant("ties-8khz").samples();
    float[] minutes = new float[8000 * 121];
    for (int at = 0; at < minutes.length; at++) {
      minutes[at] = samples[at % samples.length];
    }
    try (AudioCodec codec = AudioCodec.open(EncoderGolden.variant("ties-8khz").folder());
        LiveEncoding live = codec.openEncoding(8000)) {
      List<CodecFrame> windowed = new ArrayList<>(live.push(minutes));
      windowed.addAll(live.finish());
      assertThat(codec.encode(new Samples(minutes, 8000))).isEqualTo(windowed).hasSize(25 * 121);
    }
  }

  @Test
  void a_live_sound_goes_on_after_samples_that_were_refused_and_ends_once() {
    try (AudioCodec codec = AudioCodec.open(EncoderGolden.variant("ties-8khz").folder());
        LiveEncoding live = codec.openEncoding(8000)) {
      live.push(new float[500]);
      assertThatThrownBy(() -> live.push(new float[] {0, Float.NaN}))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("sample 501");
      assertThat(live.push(new float[140])).isEmpty();
      assertThat(live.finish()).hasSize(2);
      assertThatThrownBy(() -> live.push(new float[1]))
          .isInstanceOf(LongCatException.class)
          .hasMessageContaining("open another one");
      try (LiveEncoding silent = codec.openEncoding(8000)) {
        assertThat(silent.finish()).isEmpty();
      }
      assertThatThrownBy(() -> codec.openEncoding(1)).isInstanceOf(MediaException.class);
    }
  }

  @Test
  void a_closed_codec_says_so() {
    AudioCodec codec = AudioCodec.open(EncoderGolden.variant("ties-8khz").folder());
    LiveEncoding live = codec.openEncoding(8000, new CodecWindow(0, 1, 0));
    codec.close();
    codec.close();
    assertThatThrownBy(() -> live.push(new float[8000]))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> codec.encode(new Samples(new float[960], 8000)))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("This codec is closed");
  }

  @Test
  void interruption_ends_encoding() {
    try (AudioCodec codec = AudioCodec.open(EncoderGolden.variant("ties-8khz").folder())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> codec.encode(new Samples(new float[8000], 8000)))
          .isInstanceOf(GenerationCancelledException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "encoder.pt", "encoder_cmvn.npy"})
  void a_missing_or_cut_file_is_named(String file) throws IOException {
    copy(EncoderGolden.variant("ties-8khz").folder(), directory);
    Path damaged = directory.resolve(file);
    byte[] whole = Files.readAllBytes(damaged);
    Files.write(damaged, Arrays.copyOf(whole, whole.length / 2));
    refuses(damaged.toString());
    Files.delete(damaged);
    refuses(damaged.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "'\"encoder_dim\": 4', '\"encoder_dim\": 5', encoder.block.0.weight_v",
    "'\"encoder_dim\": 4', '\"encoder_dim\": 0', encoder_dim",
    "'\"latent\": 12', '\"latent\": 11', latent",
    "'\"latent\": 12', '\"latent\": 14', in_proj_a",
    "'\"heads\": 1', '\"heads\": 3', heads",
    "'\"ff\": 20', '\"ff\": 21', linear1.weight",
    "'\"codec_codebooks\": 4', '\"codec_codebooks\": 5', search_dim",
    "'\"codec_codebook_size\": 9', '\"codec_codebook_size\": 8', codebook_a.weight",
    "'\"semantic_token_nums\": 40', '\"semantic_token_nums\": 41', kmeans.codebook",
    "'\"select_layer\": 2', '\"select_layer\": 3', select_layer",
    "'\"select_layer\": 2', '\"select_layer\": -1', select_layer",
    "'\"input_sample_rate\": 8000', '\"input_sample_rate\": 16000', input_sample_rate",
    "'\"num_mel_bins\": 12', '\"num_mel_bins\": 13', encoder_cmvn.npy",
    "'\"num_mel_bins\": 12', '\"num_mel_bins\": 4', conv2d_stride",
    "'\"dither\": 0.0', '\"dither\": 1.0', dither"
  })
  void settings_that_do_not_fit_are_refused_by_name(String from, String to, String named)
      throws IOException {
    copy(EncoderGolden.variant("ties-8khz").folder(), directory);
    edit(from, to);
    refuses(named);
  }

  @Test
  void more_layers_than_the_file_has_are_refused_where_they_would_run() throws IOException {
    copy(EncoderGolden.variant("ties-8khz").folder(), directory);
    edit("\"layers\": 2", "\"layers\": 9");
    edit("\"select_layer\": 2", "\"select_layer\": 3");
    refuses("encoder.layers.2.norm1.weight");
  }

  @Test
  void halves_of_different_rates_are_no_pairs() throws IOException {
    copy(EncoderGolden.variant("odd-ratios").folder(), directory);
    String strides = "\"conv2d_stride\": [\n  1,\n  3\n ]";
    edit(strides, strides.replace("3", "2"));
    refuses("acoustic frames of 480 samples, but conv2d_stride and fbank.frame_shift semantic");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoder.block.0.bias",
        "encoder.block.0.weight_g",
        "acoustic_quantizer.quantizers.1.codebook_b.weight",
        "acoustic_quantizer.quantizers.0.in_proj_a.weight_g",
        "acoustic_quantizer.quantizers.0.out_proj_a.bias",
        "semantic_tokenizer.model.subsampling.affine.weight",
        "semantic_tokenizer.model.encoder.layers.0.linear1.weight",
        "semantic_tokenizer.kmeans.codebook"
      })
  void weights_that_are_no_numbers_are_refused(String tensor) throws IOException {
    copy(EncoderGolden.variant("ties-8khz").folder(), directory);
    Poison.first(directory.resolve("encoder.pt"), tensor);
    refuses("encoder.pt");
  }

  private void refuses(String named) {
    assertThatThrownBy(
            () -> {
              try (AudioCodec codec = AudioCodec.open(directory)) {
                codec.encode(new Samples(new float[4000], 8000));
              }
            })
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(named);
  }

  private void edit(String from, String to) throws IOException {
    Path file = directory.resolve("config.json");
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
