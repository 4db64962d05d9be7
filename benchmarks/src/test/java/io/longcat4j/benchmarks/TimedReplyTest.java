package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Done;
import io.longcat4j.EngineBusyException;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.ReplyStream;
import io.longcat4j.Statistics;
import io.longcat4j.TextDelta;
import io.longcat4j.stream.Outbox;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimedReplyTest {
  private final Outbox outbox = new Outbox();
  private final TimedReply reply = TimedReply.of(new ReplyStream(outbox));

  @Test
  void tokens_are_noted_in_order_by_the_thread_that_makes_them() {
    long before = System.nanoTime();
    words(300);
    long after = System.nanoTime();
    reply.await(300);
    long[] nanos = reply.nanos();
    assertThat(nanos).hasSize(300);
    assertThat(nanos[0] - before).isNotNegative();
    assertThat(after - nanos[299]).isNotNegative();
    outbox.put(done(300));
    assertThat(reply.await().newTokens()).isEqualTo(300);
  }

  @Test
  void gaps_are_those_that_end_after_one_time_and_up_to_another() {
    words(5);
    long[] nanos = reply.nanos();
    assertThat(reply.between(nanos[0] - 1, nanos[4])).isEqualTo(5);
    assertThat(reply.gaps(nanos[0] - 1, nanos[4])).hasSize(4);
    double[] gaps = reply.gaps(nanos[1], nanos[3]);
    assertThat(gaps).hasSize(reply.between(nanos[1], nanos[3]));
    assertThat(gaps[0]).isEqualTo((nanos[2] - nanos[1]) / 1e9);
    assertThat(reply.gaps(nanos[4], nanos[4] + 1)).isEmpty();
  }

  @Test
  void a_reply_whose_tokens_are_not_all_text_cannot_be_measured() {
    words(2);
    outbox.put(done(3));
    assertThatThrownBy(reply::await)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("2 of 3 tokens");
    assertThatThrownBy(() -> reply.await(3)).hasMessageContaining("2 tokens came, not 3");
  }

  @Test
  void what_ends_a_reply_is_thrown_at_those_who_wait() {
    outbox.fail(new EngineBusyException("full"));
    assertThatThrownBy(() -> reply.await(1))
        .isInstanceOf(EngineBusyException.class)
        .hasMessage("full");
  }

  private void words(int count) {
    for (int i = 0; i < count; i++) {
      outbox.put(new TextDelta("word"));
    }
  }

  private static Event done(int tokens) {
    Statistics statistics = Statistics.builder().tokens(1, 0, tokens).build();
    return new Done(FinishReason.LENGTH, statistics, List.of(), List.of(), List.of());
  }
}
