package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.AudioDelta;
import io.longcat4j.Conversation;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LiveAudio;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Speech, and a {@code LongCat} that is closed meanwhile. */
@Timeout(60)
class VoiceThreadTest {
  private static final Generation SPEECH =
      Generation.speech().toBuilder().maxNewTokens(200).build();

  /** Does something when the voice's own thread brings sound. */
  private static final class Listening implements Flow.Subscriber<Event> {
    private final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
    private final Runnable action;

    Listening(Runnable action) {
      this.action = action;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Event event) {
      if (event instanceof AudioDelta && Thread.currentThread().getName().equals("longcat-voice")) {
        action.run();
      }
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(failure);
    }

    @Override
    public void onComplete() {
      end.complete(null);
    }
  }

  @Test
  void a_subscriber_on_the_voices_thread_may_close_the_engine() {
    LongCat longcat = RandomCheckpoint.builder().build();
    Listening listening = new Listening(longcat::close);
    longcat.stream(Prompt.user("Hello"), SPEECH).publisher(Runnable::run).subscribe(listening);
    assertThat(listening.end.join()).isInstanceOf(GenerationCancelledException.class);
    longcat.close();
    assertThatThrownBy(() -> longcat.generate(Prompt.user("Hello")))
        .isInstanceOf(GenerationCancelledException.class);
  }

  @Test
  void a_subscriber_on_the_voices_thread_that_asks_is_refused() throws Exception {
    CompletableFuture<Throwable> refusal = new CompletableFuture<>();
    try (LongCat longcat = RandomCheckpoint.builder().threads(1).build()) {
      Listening listening =
          new Listening(
              () -> {
                try {
                  longcat.generate(Prompt.user("And?"), SPEECH);
                } catch (IllegalStateException e) {
                  refusal.complete(e);
                }
              });
      longcat.stream(Prompt.user("Hello"), SPEECH).publisher(Runnable::run).subscribe(listening);
      assertThat(refusal.get(30, TimeUnit.SECONDS)).hasMessageContaining("would wait for");
      assertThat(listening.end.join()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {3_000_000_000L, 9_300_000_000L, Long.MAX_VALUE})
  void any_time_longer_than_the_reply_cuts_nothing(long seconds) {
    try (LongCat longcat = RandomCheckpoint.builder().build();
        Conversation conversation = longcat.conversation()) {
      conversation.send(SPEECH.toBuilder().maxNewTokens(20).build(), Text.of("Hello"));
      int positions = conversation.positions();
      conversation.truncateAt(Duration.ofSeconds(seconds));
      assertThat(conversation.positions()).isEqualTo(positions);
      assertThatThrownBy(() -> conversation.truncateAt(Duration.ofSeconds(-seconds)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("truncateAt");
      assertThat(conversation.positions()).isEqualTo(positions);
      conversation.truncateAt(Duration.ZERO);
      assertThat(conversation.positions()).isLessThan(positions);
    }
  }

  @Test
  void live_parts_close_silently_after_their_engine_and_say_so_when_they_are_written() {
    LongCat longcat = RandomCheckpoint.builder().build();
    try (Conversation sounds = longcat.conversation();
        Conversation pictures = longcat.conversation();
        LiveAudio sound = sounds.openAudio(16000);
        var video = pictures.openVideo(Duration.ofSeconds(9))) {
      sound.write(new float[5000]);
      longcat.close();
      assertThatThrownBy(() -> sound.write(new float[5000]))
          .isInstanceOf(GenerationCancelledException.class);
      assertThatCode(sound::close).doesNotThrowAnyException();
      assertThatCode(video::close).doesNotThrowAnyException();
      assertThatThrownBy(() -> sounds.send(SPEECH))
          .isInstanceOf(GenerationCancelledException.class);
    }
  }
}
