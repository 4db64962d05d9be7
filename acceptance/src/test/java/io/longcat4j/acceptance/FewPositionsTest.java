package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Attention;
import io.longcat4j.Audio;
import io.longcat4j.Conversation;
import io.longcat4j.Generation;
import io.longcat4j.Interleaved;
import io.longcat4j.LiveInterleaved;
import io.longcat4j.LongCat;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Reply;
import io.longcat4j.Samples;
import io.longcat4j.Text;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention to few positions where the model sees, hears, speaks and listens meanwhile. */
@Tag("once")
class FewPositionsTest {
  private static final int RATE = 16000;
  private static final Text WORDS = Text.of("What is that?");
  private static final Generation WRITTEN =
      Generation.builder().maxNewTokens(8).ignoreEos(true).build();
  private static final Generation SPOKEN = Generation.speech().toBuilder().maxNewTokens(8).build();

  @ParameterizedTest
  @ValueSource(strings = {"columns:12,shared,sinks=1", "int8:12,recent=4", "pages:12"})
  void speech_videos_and_live_parts_have_the_same_ids_alone_and_together(String attention) {
    Samples sound = new Samples(noise(2 * RATE), RATE);
    Video video = Video.of(frames());
    Interleaved both = Interleaved.of(video, Audio.of(sound));
    try (LongCat longcat =
        RandomCheckpoint.builder().attention(Attention.parse(attention)).build()) {
      List<Supplier<List<Object>>> questions =
          List.of(
              () -> ids(ask(longcat, SPOKEN, WORDS)),
              () -> ids(ask(longcat, SPOKEN, Audio.of(sound), WORDS)),
              () -> ids(ask(longcat, WRITTEN, video, WORDS)),
              () -> ids(ask(longcat, WRITTEN, both, WORDS)),
              () -> ids(live(longcat, sound)));
      List<List<Object>> alone = questions.stream().map(Supplier::get).toList();
      assertThat(alone.subList(0, 4)).doesNotHaveDuplicates();
      assertThat(alone.get(4)).isEqualTo(alone.get(3));
      List<CompletableFuture<List<Object>>> together = new ArrayList<>();
      questions.forEach(question -> together.add(CompletableFuture.supplyAsync(question)));
      assertThat(together.stream().map(CompletableFuture::join)).isEqualTo(alone);
    }
  }

  private static Reply ask(LongCat longcat, Generation generation, Part... parts) {
    try (Conversation conversation = longcat.conversation()) {
      return conversation.send(generation, parts);
    }
  }

  /** The interleaved part while it is being made, in pieces. */
  private static Reply live(LongCat longcat, Samples sound) {
    float[] samples = sound.values();
    try (Conversation conversation = longcat.conversation()) {
      try (LiveInterleaved camera = conversation.openInterleaved(RATE, Duration.ofSeconds(2))) {
        List<Pixels> shots = frames().frames();
        for (int i = 0; i < shots.size(); i++) {
          camera.show(shots.get(i), Duration.ofMillis(500L * i));
          camera.write(Arrays.copyOfRange(samples, i * RATE / 2, (i + 1) * RATE / 2));
        }
      }
      return conversation.send(WRITTEN, WORDS);
    }
  }

  private static List<Object> ids(Reply reply) {
    return List.of(reply.textIds(), reply.codecFrames());
  }

  private static VideoFrames frames() {
    Random random = new Random(9);
    List<Pixels> shots = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      byte[] rgb = new byte[160 * 120 * 3];
      random.nextBytes(rgb);
      shots.add(new Pixels(160, 120, rgb));
    }
    return new VideoFrames(shots, List.of(0.0, 1.0));
  }

  private static float[] noise(int count) {
    Random random = new Random(5);
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      samples[i] = (float) (random.nextGaussian() * 0.1);
    }
    return samples;
  }
}
