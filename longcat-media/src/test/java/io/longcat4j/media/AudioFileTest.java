package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudioFileTest {
  private static final int RATE = 16_000;
  private static final double LONG = 1_000;

  @Test
  void sixteenBitPcmAtTheAskedRateComesOutSampleExact() throws IOException {
    Path file = TestData.media("audio_case_16k.wav");
    ByteBuffer pcm = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    DecodedAudio audio = AudioFile.decode(MediaSource.of(file), RATE, LONG);

    float[] values = audio.samples().values();
    assertThat(audio.more()).isFalse();
    assertThat(values).hasSize((pcm.capacity() - 44) / 2);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isEqualTo(pcm.getShort(44 + 2 * i) / 32768f);
    }
  }

  @Test
  void everyPcmWidthIsDividedByItsFullScale() {
    assertThat(decode(new Wav(Wav.PCM, 8, 1, RATE), b -> b.put((byte) 0).put((byte) 192)))
        .containsExactly(-1f, 0.5f);
    assertThat(decode(new Wav(Wav.PCM, 24, 1, RATE), AudioFileTest::putTwentyFourBits))
        .containsExactly(0.5f, -1 / 8388608f);
    assertThat(decode(new Wav(Wav.PCM, 32, 1, RATE), b -> b.putInt(1 << 30).putInt(-(1 << 29))))
        .containsExactly(0.5f, -0.25f);
    assertThat(decode(new Wav(Wav.FLOAT, 32, 1, RATE), b -> b.putFloat(0.1f).putFloat(1.5f)))
        .containsExactly(0.1f, 1.5f);
    assertThat(decode(new Wav(Wav.FLOAT, 64, 1, RATE), b -> b.putDouble(0.1).putDouble(-0.3)))
        .containsExactly(0.1f, -0.3f);
  }

  private static void putTwentyFourBits(ByteBuffer to) {
    to.put(new byte[] {0, 0, 0x40, -1, -1, -1});
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 6, 8})
  void channelsAreAveragedWithEqualWeight(int channels) {
    Wav wav = new Wav(Wav.PCM, 16, channels, RATE);
    ByteBuffer samples = wav.space(2 * channels);
    for (int channel = 0; channel < 2 * channels; channel++) {
      samples.putShort((short) (channel % channels == channels - 1 ? 16384 : 0));
    }
    byte[] file = wav.of(samples.flip());

    float[] values = AudioFile.decode(MediaSource.of(file), RATE, LONG).samples().values();

    assertThat(values).containsExactly(0.5f / channels, 0.5f / channels);
  }

  @ParameterizedTest
  @CsvSource({
    "speech.flac, 1000, 90",
    "speech.mp3, 900, 15",
    "speech.ogg, 900, 15",
    "speech.opus, 900, 8",
    "speech.webm, 900, 8",
    "speech.mka, 900, 8",
    "speech.m4a, 900, 15",
    "mulaw.wav, 900, 8"
  })
  void everyContainerGivesTheSameSpeech(String name, int minMillis, double minDecibel) {
    float[] original = speech("speech.wav");
    float[] fromFile = speech(name);
    float[] fromBytes =
        AudioFile.decode(MediaSource.of(Resources.bytes(name)), RATE, LONG).samples().values();

    assertThat(fromBytes).containsExactly(fromFile);
    assertThat(fromFile.length).isBetween(minMillis * RATE / 1000, 1100 * RATE / 1000);
    assertThat(signalToNoise(original, fromFile)).isGreaterThan(minDecibel);
  }

  @Test
  void rawAacWithoutAContainerIsHeard() {
    assertThat(speech("speech.aac").length).isBetween(15_000, 18_500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"audio_case", "audio_question_3s"})
  void resamplingAgreesWithTheReferencesResampler(String name) {
    float[] ours = decode(TestData.media(name + ".wav"));
    float[] reference = decode(TestData.media(name + "_16k.wav"));

    assertThat(ours).hasSameSizeAs(reference);
    assertThat(signalToNoise(reference, ours)).isGreaterThan(60);
  }

  @Test
  void soundTrackOfAVideoIsHeardAsLongAsItIs() {
    MediaSource video = MediaSource.of(TestData.media("wurenche_3s_interleaved.mp4"));

    assertThat(AudioFile.decode(video, 24_000, LONG).samples().values()).hasSize(60_416);
    assertThat(AudioFile.decode(video, RATE, LONG).samples().values()).hasSize(40_278);
  }

  @ParameterizedTest
  @CsvSource({"16000, 0.25, 4000", "24000, 0.25, 6000", "8000, 0.5, 4000"})
  void boundCutsAndTellsThatThereIsMore(int rateHz, double seconds, int expected) {
    DecodedAudio audio = AudioFile.decode(Resources.source("speech.wav"), rateHz, seconds);

    assertThat(audio.samples().values()).hasSize(expected);
    assertThat(audio.more()).isTrue();
  }

  @Test
  void boundThatIsExactlyTheLengthLeavesNothingOut() {
    DecodedAudio audio = AudioFile.decode(Resources.source("speech.wav"), RATE, 1);

    assertThat(audio.samples().values()).hasSize(RATE);
    assertThat(audio.more()).isFalse();
  }

  @Test
  void lengthAfterResamplingIsRoundedUp() {
    for (int length : new int[] {1, 2, 99, 4096, 4097, 10_001}) {
      Wav wav = new Wav(Wav.PCM, 16, 1, 44_100);
      byte[] file = wav.of(wav.space(length));
      assertThat(AudioFile.decode(MediaSource.of(file), RATE, LONG).samples().values())
          .hasSize((int) Math.ceil(length * 16_000 / 44_100.0));
    }
  }

  @Test
  void uselessSourcesAreRefusedInPlainWords(@TempDir Path folder) throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.wav"));
    Wav wav = new Wav(Wav.PCM, 16, 1, RATE);
    Wav nan = new Wav(Wav.FLOAT, 32, 1, RATE);

    assertRefused(MediaSource.of(empty), "empty.wav is empty (0 bytes)");
    assertRefused(MediaSource.of(folder.resolve("none.wav")), "does not exist");
    assertRefused(MediaSource.of(folder), "not a readable file");
    assertRefused(MediaSource.of(wav.of(wav.space(0))), "holds no sample of sound");
    assertRefused(MediaSource.of(new byte[1000]), "not a sound or video file");
    assertRefused(
        MediaSource.of(nan.of(nan.space(1).putFloat(Float.NaN).flip())), "not a finite number");
    assertRefused(Resources.source("grey.mp4"), "grey.mp4 has no sound track");
  }

  @Test
  void playlistsAndUrlsOpenNothingElse(@TempDir Path folder) throws IOException {
    Path speech = folder.resolve("speech.wav");
    Files.write(speech, Resources.bytes("speech.wav"));
    Path hls = folder.resolve("list.m3u8");
    Files.writeString(
        hls, "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + speech + "\n#EXT-X-ENDLIST\n");
    Path concat = folder.resolve("list.ffconcat");
    Files.writeString(concat, "ffconcat version 1.0\nfile speech.wav\n");

    assertRefused(MediaSource.of(hls), "a playlist, which is refused");
    assertRefused(MediaSource.of(concat), "a playlist, which is refused");
    assertRefused(MediaSource.of(Files.readAllBytes(hls)), "a playlist, which is refused");
    assertRefused(MediaSource.of(Path.of("http://127.0.0.1:9/a.wav")), "does not exist");
  }

  @Test
  void fileNamesAreNamesAndNeverPatternsOrAddresses(@TempDir Path folder) throws IOException {
    Path odd = Files.createDirectories(folder.resolve("http:").resolve("ü 100%d"));
    Path file = odd.resolve("concat:a|b.wav");
    Files.write(file, Resources.bytes("speech.wav"));

    assertThat(decode(file)).containsExactly(speech("speech.wav"));
  }

  @Test
  void fileInsideAnArchiveIsRead(@TempDir Path folder) throws IOException {
    Path archive = folder.resolve("media.zip");
    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      Path inside = zip.getPath("/speech.wav");
      Files.write(inside, Resources.bytes("speech.wav"));

      assertThat(decode(inside)).containsExactly(speech("speech.wav"));
    }
  }

  @Test
  void interruptedThreadStopsDecoding() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> AudioFile.decode(Resources.source("speech.wav"), RATE, LONG))
          .isInstanceOf(GenerationCancelledException.class)
          .hasMessageContaining("interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static void assertRefused(MediaSource source, String reason) {
    assertThatThrownBy(() -> AudioFile.decode(source, RATE, LONG))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining(reason);
  }

  private static float[] decode(Wav wav, java.util.function.Consumer<ByteBuffer> samples) {
    ByteBuffer space = wav.space(2 * wav.channels());
    samples.accept(space);
    return AudioFile.decode(MediaSource.of(wav.of(space.flip())), RATE, LONG).samples().values();
  }

  private static float[] decode(Path file) {
    return AudioFile.decode(MediaSource.of(file), RATE, LONG).samples().values();
  }

  private static float[] speech(String name) {
    return decode(Resources.path(name));
  }

  private static double signalToNoise(float[] reference, float[] other) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < Math.min(reference.length, other.length); i++) {
      signal += reference[i] * reference[i];
      noise += Math.pow(reference[i] - other[i], 2);
    }
    return 10 * Math.log10(signal / Math.max(noise, 1e-30));
  }
}
