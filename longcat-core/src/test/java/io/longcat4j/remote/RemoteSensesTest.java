package io.longcat4j.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.BackendException;
import io.longcat4j.CheckpointException;
import io.longcat4j.CodecFrame;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.MissingModuleException;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.RankFailedException;
import io.longcat4j.Samples;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.VideoSampling;
import io.longcat4j.modality.Embeddings;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.HearingSession;
import io.longcat4j.modality.Vision;
import io.longcat4j.modality.Voice;
import io.longcat4j.modality.VoiceSession;
import io.longcat4j.parallel.Answerer;
import io.longcat4j.parallel.LocalRanks;
import io.longcat4j.parallel.RankTimes;
import io.longcat4j.parallel.Ranks;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Senses of another rank, as rank 0 uses them. */
class RemoteSensesTest {
  private static final Cancellation WANTED = () -> {};
  private static final Pixels PIXELS = new Pixels(1, 2, new byte[] {9, 8, 7, -1, 0, 1});

  @TempDir private Path folder;

  private final List<Ranks> ranks = LocalRanks.open(2, RankTimes.DEFAULTS);
  private final FakeSenses fake = new FakeSenses();

  @AfterEach
  void close() {
    ranks.get(1).close();
    ranks.get(0).close();
  }

  private SenseSet answeredBy(Answerer answerer) {
    var unused = ranks.get(1).answer(answerer);
    return RemoteSenses.open(ranks.get(0), 1);
  }

  private SenseSet senses() {
    return answeredBy(new SenseHost(fake.all(), "rank 1 on here", 1000));
  }

  @Test
  void it_says_what_there_is_and_where() {
    SenseSet senses = senses();
    assertThat(senses.vision().orElseThrow().describe()).startsWith("eyes, on rank 1 on ");
    assertThat(senses.hearing().orElseThrow().describe()).startsWith("ears, on rank 1 on ");
    Voice voice = senses.voice().orElseThrow();
    assertThat(voice.describe()).startsWith("mouth, on rank 1 on ");
    assertThat(voice.lookAheadFrames()).isEqualTo(3);
    assertThat(voice.sampleRateHz()).isEqualTo(24_000);
    assertThat(senses.warnings()).containsExactly("a file is not used");
  }

  @Test
  void what_is_not_there_is_not_there() {
    SenseSet none = new SenseSet(Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    assertThat(answeredBy(new SenseHost(none, "there"))).isEqualTo(none);
  }

  @Test
  void parts_arrive_as_they_were_and_results_return_so() throws IOException {
    byte[] content = {1, 2, 3, 4};
    Path file = Files.write(folder.resolve("file"), content);
    VideoSampling sampling =
        VideoSampling.builder()
            .strategy(VideoSampling.Strategy.AVERAGE)
            .framesPerSecond(3)
            .averageFrames(5)
            .maxFrames(7)
            .bound(0.5, 2.25)
            .timeOffsetSeconds(-1.5)
            .timestamps(VideoSampling.Timestamps.TRUE)
            .build();
    VideoFrames frames = new VideoFrames(List.of(PIXELS, PIXELS), List.of(0.1));
    List<Part> parts =
        List.of(
            Image.of(PIXELS),
            Image.of(file).upright(),
            Video.of(content).with(sampling),
            Video.of(frames),
            Interleaved.of(Video.of(file), Audio.of(file)));
    Vision eyes = senses().vision().orElseThrow();
    List<Vision.Seen> seen = eyes.encode(parts, true, WANTED);
    assertThat(seen).hasSize(5);
    assertThat(seen.get(4))
        .usingRecursiveComparison()
        .isEqualTo(fake.all().vision().orElseThrow().encode(parts, true, WANTED).get(4));
    @SuppressWarnings("unchecked")
    List<Part> given = (List<Part>) fake.given.get(0);
    assertThat(given.subList(0, 2)).containsExactly(parts.get(0), Image.of(content).upright());
    assertThat(((Video) given.get(2)).sampling()).usingRecursiveComparison().isEqualTo(sampling);
    assertThat(((Video) given.get(2)).content()).isEqualTo(Video.of(content).content());
    assertThat(((Video) given.get(3)).content()).isEqualTo(Video.of(frames).content());
    assertThat(((Interleaved) given.get(4)).video().content())
        .isEqualTo(Video.of(content).content());
    assertThat(fake.given.get(1)).isEqualTo(true);
  }

  @Test
  void live_frames_pixels_sounds_and_utterances_travel_too() {
    SenseSet senses = senses();
    Vision eyes = senses.vision().orElseThrow();
    VideoFrames pair = new VideoFrames(List.of(PIXELS, PIXELS), List.of(0.5));
    assertThat(eyes.encodePair(pair, 12).pairsPerSecond()).isEqualTo(10);
    assertThat(eyes.decode(Image.of(PIXELS), WANTED).rgb()).containsExactly(1, 2, 3, -4, -5, -6);
    Audio sound = Audio.of(new Samples(new float[] {0.1f, -0f, 1e-40f}, 8_000));
    Hearing.Heard heard = senses.hearing().orElseThrow().encode(sound, false, WANTED);
    assertThat(heard.warnings()).containsExactly("shortened");
    assertSame(heard.rows(), FakeSenses.rows(5));
    List<CodecFrame> frames =
        List.of(new CodecFrame(4, List.of(5, 6)), new CodecFrame(0, List.of()));
    assertThat(senses.voice().orElseThrow().speak(frames))
        .isEqualTo(new Samples(new float[] {0.5f, -0.25f}, 24_000));
    assertThat(fake.given).containsExactly(pair, 12, Image.of(PIXELS), sound, false, frames);
  }

  private static void assertSame(Embeddings rows, Embeddings expected) {
    assertThat(rows.rows()).isEqualTo(expected.rows());
    assertThat(rows.width()).isEqualTo(expected.width());
    assertThat(rows.values()).isEqualTo(expected.values());
  }

  @Test
  void sessions_go_on_where_they_were_and_are_freed_there() {
    SenseSet senses = senses();
    HearingSession ears = senses.hearing().orElseThrow().open(44_100);
    assertThat(ears.push(new float[0])).isEmpty();
    assertSame(ears.push(new float[] {1, 2}).orElseThrow(), FakeSenses.rows(3));
    HearingSession fork = ears.fork();
    assertSame(ears.push(new float[] {4}).orElseThrow(), FakeSenses.rows(7));
    assertSame(fork.finish().orElseThrow(), FakeSenses.rows(-3));
    VoiceSession voice = senses.voice().orElseThrow().open();
    assertThat(voice.push(List.of())).isEmpty();
    CodecFrame frame = new CodecFrame(1, List.of(2));
    assertThat(voice.push(List.of(frame)).orElseThrow().firstFrame()).isZero();
    assertThatThrownBy(() -> voice.push(List.of(new CodecFrame(-1, List.of()))))
        .isInstanceOf(InvalidRequestException.class);
    assertThat(voice.push(List.of(frame, frame)).orElseThrow().firstFrame()).isEqualTo(1);
    assertThat(voice.finish()).isEmpty();
    assertThat(fake.openSessions.get()).isEqualTo(3);
    for (AutoCloseable session : new AutoCloseable[] {ears, fork, voice}) {
      closeTwice(session);
    }
    assertThat(fake.openSessions.get()).isZero();
    assertThatThrownBy(() -> ears.push(new float[1]))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("closed");
    ranks.get(0).close();
    voice.close();
  }

  private static void closeTwice(AutoCloseable session) {
    try {
      session.close();
      session.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void errors_return_as_what_they_are() {
    Hearing ears = senses().hearing().orElseThrow();
    for (LongCatException error :
        List.of(
            new MediaException("m"),
            new InvalidRequestException("i"),
            new CheckpointException("c"),
            new MissingModuleException("n"),
            new BackendException("b"),
            new LongCatException("l"))) {
      fake.error = Optional.of(error);
      assertThatThrownBy(() -> ears.open(8000))
          .isExactlyInstanceOf(error.getClass())
          .hasMessage(error.getMessage());
    }
    fake.error = Optional.of(new IllegalStateException("planted"));
    assertThatThrownBy(() -> ears.open(8000))
        .isExactlyInstanceOf(LongCatException.class)
        .hasMessageContainingAll("rank 1 on here", "planted");
    fake.error = Optional.empty();
    ears.open(8000).close();
  }

  @Test
  void files_that_are_missing_or_too_large_are_refused_before_they_are_sent() throws IOException {
    Vision eyes = senses().vision().orElseThrow();
    Path large = Files.write(folder.resolve("large.png"), new byte[1001]);
    for (Part part : List.of(Image.of(large), Image.of(new byte[1001]), Video.of(large))) {
      assertThatThrownBy(() -> eyes.encode(List.of(part), false, WANTED))
          .isInstanceOf(MediaException.class)
          .hasMessageContainingAll("1001 bytes", "takes 1000 at once", "-Xmx");
    }
    for (Path path : List.of(folder, folder.resolve("nowhere.png"))) {
      assertThatThrownBy(() -> eyes.encode(List.of(Image.of(path)), false, WANTED))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining(path.toString());
    }
    assertThat(fake.given).isEmpty();
  }

  @Test
  void messages_name_files_as_rank_0_does() throws IOException {
    Vision eyes = senses().vision().orElseThrow();
    Path file = Files.write(folder.resolve("broken.png"), new byte[17]);
    fake.error = Optional.of(new MediaException("17 bytes in memory is no picture"));
    assertThatThrownBy(() -> eyes.decode(Image.of(file), WANTED))
        .hasMessage(file + " is no picture");
  }

  @Test
  void answers_that_no_rank_gives_name_the_rank() {
    ByteBuffer wrong = new MessageWriter().flag(true).number(7).done();
    assertThatThrownBy(() -> answeredBy((question, wanted) -> wrong.duplicate()))
        .isInstanceOf(RankFailedException.class)
        .hasMessageContainingAll("rank 1 on", "answered what no rank answers");
  }
}
