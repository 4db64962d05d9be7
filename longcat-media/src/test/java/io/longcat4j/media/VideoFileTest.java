package io.longcat4j.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VideoFileTest {
  @ParameterizedTest
  @ValueSource(strings = {"wurenche_3s.mp4", "wurenche_3s_interleaved.mp4"})
  void sampleVideosAreWhatTheReferencesReaderSays(String name) throws IOException {
    VideoFile fromFile = VideoFile.open(MediaSource.of(TestData.media(name)));
    VideoFile fromBytes = VideoFile.open(MediaSource.of(Files.readAllBytes(TestData.media(name))));

    for (VideoFile video : List.of(fromFile, fromBytes)) {
      assertThat(video.frameCount()).isEqualTo(75);
      assertThat(video.framesPerSecond()).isEqualTo(25);
      assertThat(video.width()).isEqualTo(480);
      assertThat(video.height()).isEqualTo(270);
    }
    int[] indices = {74, 0, 37, 37};
    assertThat(fromBytes.frames(indices)).isEqualTo(fromFile.frames(indices));
  }

  @ParameterizedTest
  @ValueSource(strings = {"wurenche_3s.mp4", "wurenche_3s_interleaved.mp4"})
  void framesAreThoseOfTheReferencesReader(String name) throws IOException {
    JsonNode means = new ObjectMapper().readTree(Resources.bytes("frame-means.json")).get(name);
    List<Pixels> frames =
        VideoFile.open(MediaSource.of(TestData.media(name))).frames(new int[] {0, 37, 74});

    for (int i = 0; i < 3; i++) {
      double[] ours = blockMeans(frames.get(i), 6, 8);
      JsonNode expected = means.get(List.of("0", "37", "74").get(i));
      assertThat(expected).hasSize(ours.length);
      for (int block = 0; block < ours.length; block++) {
        assertThat(ours[block]).isCloseTo(expected.get(block).asDouble(), within(0.5));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "grey.mp4, 10",
    "grey.mkv, 10",
    "grey.webm, 10",
    "grey_vp8.webm, 10",
    "grey_variable.mkv, 10",
    "grey.avi, 1000",
    "grey_full.mp4, 10",
    "grey.ts, 10"
  })
  void nthFrameIsTheNthShownInEveryContainer(String name, double framesPerSecond) {
    VideoFile video = VideoFile.open(Resources.source(name));

    assertThat(video.frameCount()).isEqualTo(20);
    assertThat(video.framesPerSecond()).isEqualTo(framesPerSecond);
    List<Pixels> frames = video.frames(IntStream.range(0, 20).toArray());
    for (int i = 0; i < 20; i++) {
      assertThat(mean(frames.get(i))).isCloseTo(10 + 10 * i, within(4.5));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10 10 10 10, 10, 4, 1 2 3",
    "150 150, 10, 30, 15",
    "100 25, 12, 15, 12",
    "7 7, 14.2857, 2, 1"
  })
  void framesOfGifsCountAsOftenAsTheirTimeAsks(
      String hundredths, double framesPerSecond, int frameCount, String changes) {
    int[] delays = Arrays.stream(hundredths.split(" ")).mapToInt(Integer::parseInt).toArray();
    VideoFile video = VideoFile.open(MediaSource.of(Gif.ofGreys(delays)));

    assertThat(video.framesPerSecond()).isCloseTo(framesPerSecond, within(1e-3));
    assertThat(video.frameCount()).isEqualTo(frameCount);
    List<Pixels> frames = video.frames(IntStream.range(0, frameCount).toArray());
    double[] greys = frames.stream().mapToDouble(VideoFileTest::mean).toArray();
    String brighter =
        IntStream.range(1, frameCount)
            .filter(i -> greys[i] > greys[i - 1])
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(" "));
    assertThat(brighter).isEqualTo(changes);
    assertThat(greys[0]).isEqualTo(10);
    assertThat(greys[frameCount - 1]).isEqualTo(10 * delays.length);
  }

  @Test
  void repeatedAndUnsortedIndicesShareOnePicture() {
    VideoFile video = VideoFile.open(Resources.source("grey.mkv"));
    AtomicInteger changes = new AtomicInteger();

    List<VideoFile.Shown> shown =
        video.shown(
            new int[] {7, 2, 7, 7},
            frame -> {
              changes.incrementAndGet();
              return frame;
            },
            Cancellation.BY_INTERRUPTION);
    List<Pixels> frames = shown.stream().map(VideoFile.Shown::picture).toList();

    assertThat(frames.get(0)).isSameAs(frames.get(2)).isSameAs(frames.get(3));
    assertThat(mean(frames.get(0))).isGreaterThan(mean(frames.get(1)) + 30);
    assertThat(changes).hasValue(2);
  }

  @Test
  void noIndicesGiveNoFramesAndForeignOnesAreRefused() {
    VideoFile video = VideoFile.open(Resources.source("grey.mkv"));

    assertThat(video.frames(new int[0])).isEmpty();
    assertThatThrownBy(() -> video.frames(new int[] {20}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 to 19");
  }

  @Test
  void quarterTurnOfThePhoneIsFollowed() {
    byte[] upright = Resources.bytes("grey.mp4");
    VideoFile turned = VideoFile.open(MediaSource.of(turnedByNinetyDegrees(upright)));

    assertThat(turned.width()).isEqualTo(48);
    assertThat(turned.height()).isEqualTo(64);
    assertThat(turned.frames(new int[] {3}).get(0).width()).isEqualTo(48);
  }

  @Test
  void picturesTurnAsTheirNameSays() {
    byte[] rgb = new byte[18];
    for (int i = 0; i < 18; i++) {
      rgb[i] = (byte) (i / 3);
    }
    Pixels pixels = new Pixels(3, 2, rgb);

    assertThat(places(Rotation.NONE.apply(pixels))).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(places(Rotation.CLOCKWISE_90.apply(pixels))).containsExactly(3, 0, 4, 1, 5, 2);
    assertThat(places(Rotation.HALF.apply(pixels))).containsExactly(5, 4, 3, 2, 1, 0);
    assertThat(places(Rotation.CLOCKWISE_270.apply(pixels))).containsExactly(2, 5, 1, 4, 0, 3);
  }

  @Test
  void sourcesWithoutPicturesAreRefused() {
    assertThatThrownBy(() -> VideoFile.open(Resources.source("speech.mp3")))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("speech.mp3 has no moving pictures");
    assertThatThrownBy(() -> VideoFile.open(MediaSource.of(new byte[0])))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("empty");
  }

  @Test
  void cutOffVideoIsRefusedWhereFramesAreMissing() throws IOException {
    byte[] whole = Files.readAllBytes(TestData.media("wurenche_3s_interleaved.mp4"));
    for (double share : new double[] {0.001, 0.1, 0.5, 0.8}) {
      byte[] cut = Arrays.copyOf(whole, (int) (whole.length * share));
      assertThatThrownBy(() -> VideoFile.open(MediaSource.of(cut)).frames(new int[] {0, 74}))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("complete");
    }
  }

  private static byte[] turnedByNinetyDegrees(byte[] mp4) {
    ByteBuffer file = ByteBuffer.wrap(mp4.clone());
    int at = 0;
    while (file.getInt(at) != 0x746b6864) {
      at++;
    }
    int matrix = at + 4 + 4 + 20 + 8 + 8;
    int[] elements = {0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30};
    for (int i = 0; i < elements.length; i++) {
      file.putInt(matrix + 4 * i, elements[i]);
    }
    return file.array();
  }

  private static int[] places(Pixels pixels) {
    byte[] rgb = pixels.rgb();
    return IntStream.range(0, rgb.length / 3).map(i -> rgb[3 * i]).toArray();
  }

  private static double mean(Pixels pixels) {
    byte[] rgb = pixels.rgb();
    return IntStream.range(0, rgb.length).map(i -> rgb[i] & 0xff).average().orElseThrow();
  }

  private static double[] blockMeans(Pixels pixels, int rows, int columns) {
    byte[] rgb = pixels.rgb();
    int blockHeight = pixels.height() / rows;
    int blockWidth = pixels.width() / columns;
    double[] sums = new double[rows * columns * 3];
    for (int i = 0; i < rgb.length; i++) {
      int y = i / 3 / pixels.width() / blockHeight;
      int x = i / 3 % pixels.width() / blockWidth;
      sums[(y * columns + x) * 3 + i % 3] += rgb[i] & 0xff;
    }
    return Arrays.stream(sums).map(sum -> sum / blockHeight / blockWidth).toArray();
  }
}
