package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Interleaved;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LiveAudio;
import io.longcat4j.LiveInterleaved;
import io.longcat4j.LiveVideo;
import io.longcat4j.LongCat;
import io.longcat4j.MediaException;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Samples;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import io.longcat4j.testing.TestData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound and pictures that go into an open turn while they are being made, with random weights. */
class LiveConversationTest {
  private static final Generation TWELVE =
      Generation.builder().maxNewTokens(12).ignoreEos(true).build();
  private static final Text WORDS = Text.of("What do you hear?");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int RATE = 16000;

  private static LongCat longcat;

  @BeforeAll
  static void load() {
    longcat = LongCat.builder().model(TestData.bf16()).build();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {8000, 16000, 44100, 48000})
  void aSoundInAnyPiecesIsTheSoundInOneGo(int rate) {
    float[] sound = noise(2 * rate + 123, rate);
    Reply whole = ask(Audio.of(new Samples(sound, rate)), WORDS);
    for (int seed = 0; seed < 4; seed++) {
      Random random = new Random(seed);
      try (Conversation conversation = longcat.conversation()) {
        LiveAudio microphone = conversation.openAudio(rate);
        int at = 0;
        while (at < sound.length) {
          int to = Math.min(sound.length, at + random.nextInt(rate / 2));
          microphone.write(Arrays.copyOfRange(sound, at, to));
          at = to;
        }
        assertSame(conversation.send(TWELVE, WORDS), whole);
      }
    }
  }

  @Test
  void samplesOfMicrophonesAreHeardAsNumbersAre() {
    short[] pcm16 = new short[RATE];
    float[] sound = new float[RATE];
    for (int i = 0; i < RATE; i++) {
      pcm16[i] = (short) (9000 * Math.sin(i * 0.05));
      sound[i] = pcm16[i] / 32768f;
    }
    try (Conversation conversation = longcat.conversation()) {
      try (LiveAudio microphone = conversation.openAudio(RATE)) {
        microphone.write(pcm16);
      }
      assertSame(conversation.send(TWELVE), ask(Audio.of(new Samples(sound, RATE))));
    }
  }

  @Test
  void atTheEndOfTheTurnNextToNothingIsLeft() {
    try (Conversation conversation = longcat.conversation()) {
      conversation.send(TWELVE, Text.of("I shall ask you something."));
      LiveAudio microphone = conversation.openAudio(RATE);
      for (int i = 0; i < 40; i++) {
        microphone.write(noise(RATE / 10, i));
      }
      waitForTheModel();
      Reply reply = conversation.send(TWELVE);
      assertThat(reply.statistics().promptTokens()).isGreaterThan(80);
      // The last rows of the sound, its end, and who speaks next, which takes ten tokens here.
      assertThat(reply.statistics().computedTokens()).isLessThanOrEqualTo(16);
    }
  }

  @Test
  void picturesInAnyOrderOfArrivalAreTheVideoInOneGo() {
    Pixels[] shots = shots(6);
    Reply whole = ask(Video.of(frames(shots)), WORDS);
    try (Conversation conversation = longcat.conversation()) {
      LiveVideo camera = conversation.openVideo(Duration.ofSeconds(3));
      for (int i = 0; i < 6; i++) {
        camera.show(shots[i], Duration.ofMillis(500L * i));
        camera.show(shots[5 - i], Duration.ofMillis(500L * i + 100));
      }
      camera.close();
      waitForTheModel();
      Reply reply = conversation.send(TWELVE, WORDS);
      assertSame(reply, whole);
      assertThat(reply.statistics().computedTokens()).isLessThanOrEqualTo(45);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aCameraWithItsMicrophoneIsTheInterleavedPartInOneGo(int seed) {
    Pixels[] shots = shots(6);
    float[] sound = noise(3 * RATE - 700, 5);
    Interleaved whole = Interleaved.of(Video.of(frames(shots)), Audio.of(new Samples(sound, RATE)));
    Random random = new Random(seed);
    try (Conversation conversation = longcat.conversation()) {
      try (LiveInterleaved camera = conversation.openInterleaved(RATE, Duration.ofSeconds(3))) {
        int at = 0;
        int shown = 0;
        while (at < sound.length || shown < 6) {
          boolean due = shown * RATE / 2 <= at;
          if (shown < 6 && (due || random.nextInt(3) == 0)) {
            camera.show(shots[shown], Duration.ofMillis(500L * shown));
            shown++;
          } else {
            int to = Math.min(sound.length, at + 1 + random.nextInt(RATE / 3));
            camera.write(Arrays.copyOfRange(sound, at, to));
            at = to;
          }
        }
      }
      assertSame(conversation.send(TWELVE, WORDS), ask(whole, WORDS));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16000, 24000})
  void aForkAnswersWhatWasSaidSoFarWhileThePersonGoesOn(int rate) {
    try (Conversation conversation = longcat.conversation()) {
      LiveAudio microphone = conversation.openAudio(rate);
      microphone.write(noise(rate, 1));
      int positions = conversation.positions();
      Conversation.Checkpoint early = conversation.checkpoint();
      Reply speculated;
      try (Conversation fork = conversation.fork()) {
        assertThat(fork.positions()).isGreaterThan(positions);
        speculated = fork.send(TWELVE);
      }
      assertSame(speculated, ask(Audio.of(new Samples(noise(rate, 1), rate))));
      assertThat(conversation.positions()).isEqualTo(positions);
      microphone.write(noise(rate, 2));
      assertThat(conversation.positions()).isGreaterThan(positions + 10);
      float[] both = Arrays.copyOf(noise(rate, 1), 2 * rate);
      System.arraycopy(noise(rate, 2), 0, both, rate, rate);
      assertSame(conversation.send(TWELVE), ask(Audio.of(new Samples(both, rate))));
      conversation.rollback(early);
      assertSame(conversation.send(TWELVE), speculated);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 1000, 1700, 2300})
  void aForkOfCameraAndMicrophoneSeesAndHearsAllUpToNow(int millis) {
    Pixels[] shots = shots(6);
    float[] sound = noise(3 * RATE, 5);
    int frames = millis / 500 + 1;
    int heard = RATE / 1000 * millis;
    try (Conversation conversation = longcat.conversation()) {
      LiveInterleaved camera = conversation.openInterleaved(RATE, Duration.ofSeconds(3));
      for (int i = 0; i < frames; i++) {
        camera.show(shots[i], Duration.ofMillis(500L * i));
      }
      camera.write(Arrays.copyOf(sound, heard));
      Reply speculated;
      try (Conversation fork = conversation.fork()) {
        speculated = fork.send(TWELVE, WORDS);
      }
      for (int i = frames; i < 6; i++) {
        camera.show(shots[i], Duration.ofMillis(500L * i));
      }
      camera.write(Arrays.copyOfRange(sound, heard, sound.length));
      Interleaved whole =
          Interleaved.of(Video.of(frames(shots)), Audio.of(new Samples(sound, RATE)));
      assertSame(conversation.send(TWELVE, WORDS), ask(whole, WORDS));
      Reply early;
      try (Conversation other = longcat.conversation()) {
        LiveInterleaved same = other.openInterleaved(RATE, Duration.ofSeconds(3));
        for (int i = 0; i < frames; i++) {
          same.show(shots[i], Duration.ofMillis(500L * i));
        }
        same.write(Arrays.copyOf(sound, heard));
        early = other.send(TWELVE, WORDS);
      }
      assertSame(speculated, early);
    }
  }

  @Test
  void whatEndsTheTurnEndsTheSound() {
    try (Conversation conversation = longcat.conversation()) {
      Conversation.Checkpoint nothing = conversation.checkpoint();
      List<LiveAudio> over = new ArrayList<>();
      LiveAudio asked = open(conversation, over);
      assertThat(conversation.send(TWELVE).textIds()).hasSize(12);
      open(conversation, over);
      conversation.append(WORDS);
      open(conversation, over);
      open(conversation, over);
      conversation.rollback(nothing);
      assertThat(conversation.positions()).isZero();
      Conversation closed = longcat.conversation();
      open(closed, over);
      closed.close();
      for (LiveAudio sound : over) {
        assertThatThrownBy(() -> sound.write(new float[1]))
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining("has ended");
        assertThatCode(sound::close).doesNotThrowAnyException();
      }
      assertThat(over).contains(asked).hasSize(5);
    }
  }

  private static LiveAudio open(Conversation conversation, List<LiveAudio> into) {
    LiveAudio sound = conversation.openAudio(44100);
    sound.write(noise(44100, into.size()));
    into.add(sound);
    return sound;
  }

  @Test
  void aThreadOfItsOwnMayWriteUntilTheTurnEnds() {
    try (Conversation conversation = longcat.conversation()) {
      LiveAudio microphone = conversation.openAudio(RATE);
      CompletableFuture<Void> heard = new CompletableFuture<>();
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 100; i++) {
                  microphone.write(noise(RATE / 100, i));
                }
                heard.complete(null);
                while (true) {
                  microphone.write(new float[0]);
                }
              });
      heard.join();
      assertThat(conversation.positions()).isGreaterThan(8);
      assertThat(conversation.send(TWELVE).textIds()).hasSize(12);
      assertThatThrownBy(writer::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(InvalidRequestException.class);
    }
  }

  @Test
  void nothingSaidIsNothing() {
    try (Conversation conversation = longcat.conversation()) {
      conversation.openAudio(RATE).close();
      LiveAudio breath = conversation.openAudio(48000);
      breath.write(new float[1000]);
      breath.close();
      conversation.openInterleaved(RATE, MINUTE).close();
      assertThat(conversation.positions()).isZero();
      assertThatThrownBy(() -> conversation.send(TWELVE))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("Nothing was asked");
    }
  }

  @Test
  void moreThanIsHeardIsRefusedAndTheRestStays() {
    try (Conversation conversation = longcat.conversation()) {
      LiveAudio microphone = conversation.openAudio(RATE);
      for (int i = 0; i < 12; i++) {
        microphone.write(new float[10 * RATE]);
      }
      assertThatThrownBy(() -> microphone.write(new float[1]))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("120");
      microphone.close();
      assertThat(conversation.positions()).isBetween(1495, 1510);
      LiveVideo camera = conversation.openVideo(Duration.ofSeconds(2));
      assertThatThrownBy(() -> camera.show(shots(1)[0], Duration.ofSeconds(2)))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("2.0 s");
      assertThatThrownBy(() -> conversation.openInterleaved(RATE, Duration.ofSeconds(121)))
          .isInstanceOf(InvalidRequestException.class);
      assertThatThrownBy(() -> conversation.openVideo(Duration.ZERO))
          .isInstanceOf(InvalidRequestException.class);
    }
  }

  @Test
  void whatIsNoSoundChangesNothing() {
    float[] sound = noise(RATE, 3);
    try (Conversation conversation = longcat.conversation()) {
      LiveAudio microphone = conversation.openAudio(RATE);
      microphone.write(Arrays.copyOf(sound, 5000));
      assertThatThrownBy(() -> microphone.write(new float[] {Float.NaN}))
          .isInstanceOf(MediaException.class);
      microphone.write(Arrays.copyOfRange(sound, 5000, RATE));
      assertSame(conversation.send(TWELVE), ask(Audio.of(new Samples(sound, RATE))));
      assertThatThrownBy(() -> conversation.openAudio(10)).isInstanceOf(MediaException.class);
    }
  }

  @Test
  void aContextThatIsFullEndsTheSoundBeforeIt() {
    try (LongCat small = LongCat.builder().model(TestData.bf16()).contextLength(64).build();
        Conversation strict = small.conversation();
        Conversation sliding = small.conversation(ConversationOptions.defaults().withSliding())) {
      sliding.send(TWELVE, WORDS);
      sliding.openAudio(RATE).write(new float[3 * RATE]);
      assertThat(sliding.send(TWELVE).textIds()).isNotEmpty();

      LiveAudio microphone = strict.openAudio(RATE);
      microphone.write(new float[3 * RATE]);
      int positions = strict.positions();
      assertThatThrownBy(() -> microphone.write(new float[3 * RATE]))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("context holds");
      assertThatThrownBy(() -> microphone.write(new float[1]))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("has ended");
      assertThat(strict.positions()).isEqualTo(positions);
      assertThat(strict.send(TWELVE).textIds()).isNotEmpty();
    }
  }

  @Test
  void aClosedEngineHearsNoMore() {
    LongCat closed = LongCat.builder().model(TestData.bf16()).build();
    Conversation conversation = closed.conversation();
    LiveAudio microphone = conversation.openAudio(48000);
    microphone.write(noise(48000, 1));
    closed.close();
    assertThatThrownBy(() -> microphone.write(new float[480]))
        .isInstanceOf(GenerationCancelledException.class);
    assertThatCode(conversation::close).doesNotThrowAnyException();
    assertThatThrownBy(() -> microphone.write(new float[480]))
        .isInstanceOf(InvalidRequestException.class);
  }

  /** A request that joined later takes more passes than what is computed ahead needs. */
  private static void waitForTheModel() {
    Generation long120 = TWELVE.toBuilder().maxNewTokens(120).build();
    assertThat(longcat.generate(Prompt.user("Count."), long120).textIds()).hasSize(120);
  }

  private static Reply ask(Part... parts) {
    try (Conversation conversation = longcat.conversation()) {
      return conversation.send(TWELVE, parts);
    }
  }

  private static void assertSame(Reply reply, Reply expected) {
    assertThat(reply.statistics().promptTokens()).isEqualTo(expected.statistics().promptTokens());
    assertThat(reply.textIds()).isEqualTo(expected.textIds());
  }

  private static float[] noise(int count, int seed) {
    Random random = new Random(seed);
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      samples[i] = (float) (random.nextGaussian() * 0.1);
    }
    return samples;
  }

  private static Pixels[] shots(int count) {
    Random random = new Random(9);
    Pixels[] shots = new Pixels[count];
    for (int i = 0; i < count; i++) {
      byte[] rgb = new byte[160 * 120 * 3];
      random.nextBytes(rgb);
      shots[i] = new Pixels(160, 120, rgb);
    }
    return shots;
  }

  private static VideoFrames frames(Pixels... shots) {
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < shots.length / 2; i++) {
      seconds.add((double) i);
    }
    return new VideoFrames(List.of(shots), seconds);
  }
}
