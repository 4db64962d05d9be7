package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.longcat4j.Audio;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.modality.Vision;
import io.longcat4j.modality.Vision.Seen;
import io.longcat4j.modality.VisionProvider;
import io.longcat4j.prompt.MediaLayout;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class LongCatVisionTest {
  private static final Image PHOTO = Image.of(TestData.media("photo_533x377.png"));
  private static final Image TINY = Image.of(TestData.media("tiny_30x20.png"));

  private static Vision vision;

  @BeforeAll
  static void open() {
    VisionProvider provider = ServiceLoader.load(VisionProvider.class).findFirst().orElseThrow();
    vision = provider.open(Golden.of(TestData.bf16()).context());
  }

  @AfterAll
  static void close() {
    vision.close();
  }

  @Test
  void an_image_is_one_pair_without_a_label() {
    Seen seen = vision.encode(List.of(PHOTO), true).get(0);

    assertThat(seen.pairs()).containsExactly(new MediaLayout.Pair("", 494));
    assertThat(seen.rows().rows()).isEqualTo(494);
    assertThat(seen.rows().width()).isEqualTo(192);
    assertThat(seen.warnings()).isEmpty();
    Golden.of(TestData.bf16())
        .assertClose("vision.photo_533x377.embeddings", new Matrix(494, 192, seen.rows().values()));
  }

  @Test
  void a_video_has_a_label_and_placeholders_for_each_pair() {
    Seen seen = vision.encode(List.of(Video.of(frames(3))), true).get(0);

    assertThat(seen.pairs())
        .containsExactly(
            new MediaLayout.Pair("second{0.5}:", 56),
            new MediaLayout.Pair("second{1.5}:", 56),
            new MediaLayout.Pair("second{2.5}:", 56));
    assertThat(seen.rows().rows()).isEqualTo(3 * 56);
  }

  @Test
  void a_video_file_is_decoded_resized_and_encoded() {
    Part file = Video.of(TestData.media("wurenche_3s.mp4"));

    Seen seen = vision.encode(List.of(file), true).get(0);

    assertThat(seen.pairs())
        .isNotEmpty()
        .allSatisfy(
            pair -> {
              assertThat(pair.label()).matches("second\\{\\d+\\.\\d\\}:");
              assertThat(pair.tokens()).isPositive();
            });
    assertThat(seen.rows().rows())
        .isEqualTo(seen.pairs().stream().mapToInt(MediaLayout.Pair::tokens).sum())
        .isLessThanOrEqualTo(600 / 2);
  }

  @Test
  void an_interrupted_thread_gets_an_error() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> vision.encode(List.of(Video.of(frames(1))), false))
          .isInstanceOf(GenerationCancelledException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void an_interleaved_part_shows_its_video() {
    Part alone = Video.of(frames(2));
    Part both = Interleaved.of(Video.of(frames(2)), Audio.of(TestData.media("audio_case.wav")));

    List<Seen> seen = vision.encode(List.of(alone, both), false);

    assertThat(seen.get(1).pairs()).isEqualTo(seen.get(0).pairs());
    assertThat(seen.get(1).rows().values()).isEqualTo(seen.get(0).rows().values());
  }

  @Test
  void pairs_of_a_video_that_is_being_taken_are_those_of_the_whole() {
    int pairs = 12;
    VideoFrames all = frames(pairs);
    Seen whole = vision.encode(List.of(Video.of(all)), false).get(0);
    int row = 0;
    for (int i = 0; i < pairs; i++) {
      VideoFrames pair =
          new VideoFrames(
              all.frames().subList(2 * i, 2 * i + 2), all.pairSeconds().subList(i, i + 1));
      Seen live = vision.encodePair(pair, pairs);
      assertThat(live.pairs()).isEqualTo(whole.pairs().subList(i, i + 1));
      int count = live.rows().rows();
      assertThat(live.rows()).usingRecursiveComparison().isEqualTo(whole.rows().slice(row, count));
      row += count;
      assertThat(vision.encodePair(pair, 1).rows().rows()).isGreaterThan(count);
    }
    assertThat(row).isEqualTo(whole.rows().rows());
  }

  @Test
  void a_part_does_not_depend_on_the_others_within_the_budget() {
    Part video = Video.of(frames(2));

    List<Seen> together = vision.encode(List.of(TINY, video, PHOTO), false);

    assertThat(together).hasSize(3);
    List<Part> parts = List.of(TINY, video, PHOTO);
    for (int i = 0; i < parts.size(); i++) {
      Seen alone = vision.encode(List.of(parts.get(i)), false).get(0);
      assertThat(together.get(i).rows().values()).isEqualTo(alone.rows().values());
    }
  }

  @Test
  void pictures_beyond_the_budget_are_pooled_together() {
    List<Seen> seen = vision.encode(Collections.nCopies(5, PHOTO), false);

    for (Seen photo : seen) {
      assertThat(photo.pairs()).hasSize(1);
      assertThat(photo.pairs().get(0).tokens()).isEqualTo(photo.rows().rows()).isBetween(200, 400);
    }
  }

  @Test
  void a_picture_of_one_pixel_and_one_of_an_extreme_shape_are_seen() {
    Image pixel = Image.of(new Pixels(1, 1, new byte[3]));
    Image line = Image.of(new Pixels(3000, 2, new byte[18_000]));

    List<Seen> seen = vision.encode(List.of(pixel, line), true);

    assertThat(seen).allSatisfy(one -> assertThat(one.rows().rows()).isPositive());
  }

  @Test
  void requests_may_overlap() {
    float[] expected = vision.encode(List.of(TINY), false).get(0).rows().values();

    List<float[]> overlapping =
        IntStream.range(0, 8)
            .parallel()
            .mapToObj(i -> vision.encode(List.of(TINY), false).get(0).rows().values())
            .toList();

    assertThat(overlapping).allSatisfy(rows -> assertThat(rows).isEqualTo(expected));
  }

  @Test
  void a_text_part_is_refused() {
    assertThatThrownBy(() -> vision.encode(List.of(Text.of("no picture")), false))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Text part");
  }

  @Test
  void no_parts_give_no_results() {
    assertThat(vision.encode(List.of(), true)).isEmpty();
  }

  @Test
  void a_picture_that_is_not_turned_as_its_file_notes_is_told_once_and_turned_on_request() {
    Path file = TestData.root().resolve("testdata/media-corpus/pictures/jpeg_exif6.jpg");

    Seen stored = vision.encode(List.of(Image.of(file)), true).get(0);
    Seen upright = vision.encode(List.of(Image.of(file).upright()), true).get(0);
    Image turned = Image.of(VisionStages.decode(Image.of(file).upright()));

    assertThat(stored.warnings())
        .singleElement(as(STRING))
        .contains("jpeg_exif6.jpg", "Exif orientation 6", "Image.upright()", "--upright");
    assertThat(upright.warnings()).isEmpty();
    assertThat(upright.rows().values())
        .isEqualTo(vision.encode(List.of(turned), true).get(0).rows().values())
        .isNotEqualTo(stored.rows().values());
  }

  @Test
  void a_request_out_of_time_ends_while_its_pictures_are_decoded_resized_and_encoded() {
    Image photo = Image.of(VisionStages.decode(PHOTO));
    Pixels large = new Pixels(3000, 2000, new byte[3 * 3000 * 2000]);
    for (Part part : List.of(PHOTO, photo, Image.of(large), Video.of(frames(3)))) {
      AtomicInteger asked = new AtomicInteger();
      vision.encode(List.of(part), false, asked::incrementAndGet);
      for (int last : List.of(1, asked.get() / 2, asked.get())) {
        AtomicInteger left = new AtomicInteger(last);
        boolean ended = endsWhenTold(part, left);
        // The encoder's runs ask by the clock, so that the last question need not come again.
        assertThat(ended).as("question %s of %s", last, asked).isEqualTo(left.get() <= 0);
        assertThat(ended || last > 1).isTrue();
      }
    }
  }

  private static boolean endsWhenTold(Part part, AtomicInteger left) {
    Cancellation wanted =
        () -> {
          if (left.decrementAndGet() <= 0) {
            throw new DeadlineExceededException("too late");
          }
        };
    try {
      vision.encode(List.of(part), false, wanted);
      return false;
    } catch (DeadlineExceededException e) {
      return true;
    }
  }

  @Test
  void between_runs_of_the_encoder_it_is_asked_whether_they_are_wanted() {
    try (VisionEncoder encoder = VisionEncoder.open(Golden.of(TestData.bf16()).context(), false)) {
      Pixels frame = new Pixels(560, 560, new byte[3 * 560 * 560]);
      FramePair pair = encoder.patchMaker().image(frame, Cancellation.BY_INTERRUPTION);
      AtomicInteger runs = new AtomicInteger();
      Cancellation wanted =
          () -> {
            if (runs.get() > 0) {
              throw new DeadlineExceededException("too late");
            }
          };

      assertThatThrownBy(
              () ->
                  encoder.encode(
                      Collections.nCopies(6, pair), output -> runs.incrementAndGet(), wanted))
          .isInstanceOf(DeadlineExceededException.class);
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void says_what_runs_where() {
    assertThat(vision.describe()).contains("LongCat-ViT", "3 layers", "CPU, 2 threads");
  }

  @Test
  void use_after_close_is_an_error_and_closing_twice_is_not() {
    Vision closed = new LongCatVisionProvider().open(Golden.of(TestData.fp8()).context());
    closed.close();
    closed.close();

    assertThatThrownBy(() -> closed.encode(List.of(TINY), false))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("closed");
  }

  private static VideoFrames frames(int pairs) {
    Random random = new Random(7);
    List<Pixels> frames =
        IntStream.range(0, 2 * pairs)
            .mapToObj(
                i -> {
                  byte[] rgb = new byte[200 * 120 * 3];
                  random.nextBytes(rgb);
                  return new Pixels(200, 120, rgb);
                })
            .toList();
    return new VideoFrames(frames, IntStream.range(0, pairs).mapToObj(i -> i + 0.5).toList());
  }
}
