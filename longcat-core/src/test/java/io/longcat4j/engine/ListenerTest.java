package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Conversation;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.EngineListener;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import io.longcat4j.ReplyStream;
import io.longcat4j.Statistics;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.testing.TestData;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an application's listener may do to an engine: nothing. */
@Timeout(60)
class ListenerTest {
  private static final Prompt QUESTION = Prompt.user("What is the capital of France?");
  private static final Generation SIX =
      Generation.builder().maxNewTokens(6).ignoreEos(true).build();
  private static final Generation LONG = SIX.toBuilder().maxNewTokens(5_000).build();
  private static final Generation LATE = SIX.toBuilder().timeout(Duration.ofNanos(1)).build();

  /** Does the same at every signal. */
  private record Doing(Consumer<String> action) implements EngineListener {
    @Override
    public void onSubmitted() {
      action.accept("submitted");
    }

    @Override
    public void onFinished(FinishReason finishReason, Statistics statistics) {
      action.accept("finished");
    }

    @Override
    public void onFailed(LongCatException reason) {
      action.accept("failed");
    }
  }

  private static LongCat open(Consumer<String> action) {
    return LongCat.builder().model(TestData.bf16()).listener(new Doing(action)).build();
  }

  @Test
  void whatAListenerThrowsReachesNeitherTheCallerNorOtherRequests() {
    Consumer<String> throwing =
        signal -> {
          throw signal.equals("failed") ? new StackOverflowError() : new AssertionError(signal);
        };
    try (LongCat longcat = open(throwing)) {
      for (int i = 0; i < 3; i++) {
        assertThat(longcat.generate(QUESTION, SIX).textIds()).hasSize(6);
        assertThatThrownBy(() -> longcat.generate(QUESTION, LATE))
            .isInstanceOf(DeadlineExceededException.class);
      }
    }
  }

  @Test
  void aListenerThatCallsTheEngineIsRefusedAtOnceAndTheRequestGoesOn() {
    AtomicReference<LongCat> known = new AtomicReference<>();
    AtomicReference<Conversation> talk = new AtomicReference<>();
    Queue<String> refused = new ConcurrentLinkedQueue<>();
    Consumer<String> calling =
        signal -> {
          refusal(() -> known.get().close(), signal + " close", refused);
          refusal(() -> known.get().generate(QUESTION, SIX), signal + " generate", refused);
          refusal(() -> known.get().stream(QUESTION, SIX).close(), signal + " stream", refused);
          refusal(() -> known.get().conversation().close(), signal + " conversation", refused);
          refusal(() -> talk.get().append(Text.of("And?")), signal + " append", refused);
          refusal(() -> talk.get().positions(), signal + " positions", refused);
        };
    try (LongCat longcat = open(calling)) {
      known.set(longcat);
      talk.set(longcat.conversation());
      assertThat(longcat.generate(QUESTION, SIX).textIds()).hasSize(6);
      assertThat(talk.get().send(SIX, Text.of("Who are you?")).textIds()).hasSize(6);
      assertThatThrownBy(() -> longcat.generate(QUESTION, LATE))
          .isInstanceOf(DeadlineExceededException.class);
      assertThat(longcat.generate(QUESTION, SIX).textIds()).hasSize(6);
    }
    // Four requests were submitted, and each ended once.
    assertThat(refused).hasSize(6 * 8);
    assertThat(refused).contains("submitted close", "finished generate", "failed append");
  }

  private static void refusal(Runnable call, String name, Queue<String> refused) {
    try {
      call.run();
    } catch (IllegalStateException e) {
      if (e.getMessage().contains("an EngineListener") && e.getMessage().contains("thread")) {
        refused.add(name);
      }
    }
  }

  @Test
  void aSubscriberOnTheModelsThreadMayCloseTheEngine() {
    Queue<String> signals = new ConcurrentLinkedQueue<>();
    LongCat longcat = open(signals::add);
    Recorder reader = new Recorder(longcat::close);
    longcat.stream(QUESTION, LONG).publisher(Runnable::run).subscribe(reader);
    assertThat(reader.end.join()).isInstanceOf(GenerationCancelledException.class);
    longcat.close();
    assertThat(signals).containsExactly("submitted", "failed");
    assertThatThrownBy(() -> longcat.generate(QUESTION, SIX))
        .isInstanceOf(GenerationCancelledException.class);
  }

  @Test
  void aSubscriberOnTheModelsThreadThatWouldWaitForItIsRefused() {
    try (LongCat longcat = open(signal -> {});
        Conversation conversation = longcat.conversation();
        ReplyStream other = longcat.stream(QUESTION, LONG)) {
      Queue<String> refused = new ConcurrentLinkedQueue<>();
      CompletableFuture<Void> tried = new CompletableFuture<>();
      Recorder reader =
          new Recorder(
              () -> {
                refuse(() -> longcat.generate(QUESTION, SIX), "generate", refused);
                refuse(() -> conversation.send(SIX, Text.of("And?")), "send", refused);
                refuse(other::toReply, "read", refused);
                tried.complete(null);
              });
      try (ReplyStream stream = conversation.stream(LONG, Text.of("Who?"))) {
        stream.publisher(Runnable::run).subscribe(reader);
        tried.join();
      }
      assertThat(reader.end.join()).isInstanceOf(GenerationCancelledException.class);
      assertThat(refused).containsExactly("generate", "send", "read");
      assertThat(longcat.generate(QUESTION, SIX).textIds()).hasSize(6);
    }
  }

  private static void refuse(Runnable call, String name, Queue<String> refused) {
    try {
      call.run();
    } catch (IllegalStateException e) {
      refused.add(name);
    }
  }

  @Test
  void aSubscriberOnTheModelsThreadThatThrowsEndsItsOwnReplyAlone() {
    Queue<String> signals = new ConcurrentLinkedQueue<>();
    try (LongCat longcat = open(signals::add)) {
      ReplyStream other = longcat.stream(QUESTION, LONG);
      for (Runnable throwing : List.<Runnable>of(ListenerTest::error, ListenerTest::exception)) {
        Recorder reader = new Recorder(throwing);
        longcat.stream(QUESTION, LONG).publisher(Runnable::run).subscribe(reader);
        while (!signals.contains("failed")) {
          Thread.onSpinWait();
        }
        signals.clear();
        assertThat(longcat.generate(QUESTION, SIX).textIds()).hasSize(6);
        signals.clear();
      }
      Iterator<Event> events = other.iterator();
      assertThat(events.next()).isInstanceOf(TextDelta.class);
      other.close();
    }
  }

  @Test
  void closingIsSilentThoughASubscriberThrowsWhenItIsToldOfIt() {
    LongCat longcat = open(signal -> {});
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    Recorder reader =
        new Recorder(() -> {}) {
          @Override
          public void onError(Throwable failure) {
            told.complete(failure);
            throw new IllegalArgumentException("of a subscriber");
          }
        };
    longcat.stream(QUESTION, LONG).publisher(Runnable::run).subscribe(reader);
    assertThatCode(longcat::close).doesNotThrowAnyException();
    assertThat(told.join()).isInstanceOf(GenerationCancelledException.class);
    assertThatThrownBy(longcat::describe).isInstanceOf(LongCatException.class);
  }

  private static void error() {
    throw new StackOverflowError("of a subscriber");
  }

  private static void exception() {
    throw new IllegalArgumentException("of a subscriber");
  }
}
