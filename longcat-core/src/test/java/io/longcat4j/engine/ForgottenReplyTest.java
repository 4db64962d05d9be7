package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Conversation;
import io.longcat4j.EngineListener;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import io.longcat4j.Statistics;
import io.longcat4j.Text;
import io.longcat4j.testing.StandardError;
import io.longcat4j.testing.TestData;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replies that nobody holds any more, and those that somebody still reads. */
@Timeout(120)
class ForgottenReplyTest {
  private static final Prompt QUESTION = Prompt.user("What is the capital of France?");
  private static final Generation ENDLESS =
      Generation.builder().maxNewTokens(100_000).ignoreEos(true).build();
  private static final Generation SIXTY =
      Generation.builder().maxNewTokens(60).ignoreEos(true).build();

  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

  private LongCat open() {
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onFinished(FinishReason finishReason, Statistics statistics) {
            ends.add(finishReason.name());
          }

          @Override
          public void onFailed(LongCatException reason) {
            ends.add(reason.getClass().getSimpleName());
          }
        };
    return LongCat.builder().model(TestData.bf16()).listener(listener).build();
  }

  /** Collects garbage until a reply has ended. */
  private String end() throws InterruptedException {
    String end = null;
    while (end == null) {
      System.gc();
      end = ends.poll(20, TimeUnit.MILLISECONDS);
    }
    return end;
  }

  @Test
  void aStreamThatNobodyHoldsIsClosedWithAWarning() throws Exception {
    try (LongCat longcat = open()) {
      String log =
          StandardError.during(
              () -> {
                longcat.stream(QUESTION, ENDLESS);
                assertThat(end()).isEqualTo(GenerationCancelledException.class.getSimpleName());
                longcat.stream(QUESTION, ENDLESS).iterator().next();
                assertThat(end()).isEqualTo(GenerationCancelledException.class.getSimpleName());
              });
      assertThat(log.lines())
          .hasSize(2)
          .allSatisfy(line -> assertThat(line).contains("WARN", "ReplyStream", "close it"));
    }
  }

  @Test
  void aStreamOfAConversationThatLivesOnIsClosedToo() throws Exception {
    try (LongCat longcat = open();
        Conversation conversation = longcat.conversation()) {
      String log =
          StandardError.during(
              () -> {
                conversation.stream(ENDLESS, Text.of("Who?"));
                assertThat(end()).isEqualTo(GenerationCancelledException.class.getSimpleName());
              });
      assertThat(log).contains("ReplyStream");
      assertThat(conversation.send(SIXTY, Text.of("And now?")).textIds()).hasSize(60);
    }
  }

  @Test
  void whatIsReadIsNotForgottenThoughNobodyHoldsTheStream() throws Exception {
    try (LongCat longcat = open()) {
      String log =
          StandardError.during(
              () -> {
                Iterator<Event> events = longcat.stream(QUESTION, SIXTY).iterator();
                while (events.hasNext()) {
                  events.next();
                  System.gc();
                }
                Recorder reader = new Recorder(() -> {});
                longcat.stream(QUESTION, SIXTY).publisher().subscribe(reader);
                var future = longcat.stream(QUESTION, SIXTY).toFuture();
                for (int i = 0; i < 3; i++) {
                  assertThat(end()).isEqualTo("LENGTH");
                }
                assertThat(reader.end.join()).isNull();
                assertThat(future.join().textIds()).hasSize(60);
                longcat.stream(QUESTION, ENDLESS).close();
                assertThat(end()).isEqualTo(GenerationCancelledException.class.getSimpleName());
                System.gc();
              });
      assertThat(log).isEmpty();
    }
  }
}
