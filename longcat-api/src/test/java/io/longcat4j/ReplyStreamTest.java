package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ReplyStreamTest {
  private static final Event HELLO = new TextDelta("Hel");
  private static final Event LO = new TextDelta("lo");
  private static final AudioDelta SOUND =
      new AudioDelta(new Samples(new float[] {0.5f, -1}, 24000), 0, 0, 3);
  private static final AudioDelta MORE =
      new AudioDelta(new Samples(new float[] {0.25f}, 24000), 2, 0, 5);
  private static final ToolCall CALL = new ToolCall("call_0", "time", "{}");
  private static final Warning WARNING = new Warning("shortened");

  @Test
  void eventsComeInOrderAndEndWithDone() {
    ReplyStream stream = new ReplyStream(ScriptedSource.of(HELLO, SOUND, LO, ScriptedSource.DONE));
    assertThat(stream).containsExactly(HELLO, SOUND, LO, ScriptedSource.DONE);
  }

  @Test
  void theWholeReplyIsAllEventsTogether() {
    Reply reply =
        new ReplyStream(
                ScriptedSource.of(WARNING, HELLO, SOUND, CALL, LO, MORE, ScriptedSource.DONE))
            .toReply();
    assertThat(reply.text()).isEqualTo("Hello");
    assertThat(reply.speech().orElseThrow().samples())
        .isEqualTo(new Samples(new float[] {0.5f, -1, 0.25f}, 24000));
    assertThat(reply.toolCalls()).containsExactly(CALL);
    assertThat(reply.warnings()).containsExactly("shortened");
    assertThat(reply.textIds()).containsExactly(7, 8);
    assertThat(reply.codecFrames()).hasSize(1);
    assertThat(reply.finishReason()).isEqualTo(FinishReason.END);
    assertThat(reply.statistics()).isSameAs(ScriptedSource.COST);
  }

  @Test
  void theReaderWaitsForWhatIsNotThereYet() throws InterruptedException {
    ScriptedSource source = new ScriptedSource();
    List<Event> read = new ArrayList<>();
    Thread reader = new Thread(() -> new ReplyStream(source).forEach(read::add));
    reader.start();
    source.put(HELLO);
    awaitState(reader, Thread.State.WAITING);
    source.put(LO);
    source.put(ScriptedSource.DONE);
    reader.join();
    assertThat(read).containsExactly(HELLO, LO, ScriptedSource.DONE);
  }

  @Test
  void aFailureIsThrownAtTheReaderAfterWhatCameBefore() {
    ScriptedSource source = ScriptedSource.of(HELLO);
    LongCatException failure = new BackendException("NaN");
    source.fail(failure);
    Iterator<Event> events = new ReplyStream(source).iterator();
    assertThat(events.next()).isEqualTo(HELLO);
    assertThatThrownBy(events::hasNext).isSameAs(failure);
    assertThatThrownBy(events::next).isSameAs(failure);
  }

  @Test
  void afterTheEndThereIsNothing() {
    ScriptedSource source = ScriptedSource.of(ScriptedSource.DONE);
    Iterator<Event> events = new ReplyStream(source).iterator();
    events.next();
    assertThat(events.hasNext()).isFalse();
    assertThatThrownBy(events::next).isInstanceOf(NoSuchElementException.class);
    assertThat(source.polls()).isEqualTo(1);
  }

  @Test
  void interruptionCancelsTheReply() throws InterruptedException {
    ScriptedSource source = new ScriptedSource();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                new ReplyStream(source).toReply();
              } catch (GenerationCancelledException e) {
                flag.complete(Thread.currentThread().isInterrupted());
                thrown.complete(e);
              }
            });
    reader.start();
    awaitState(reader, Thread.State.WAITING);
    reader.interrupt();
    reader.join();
    assertThat(thrown.join()).hasMessageContaining("interrupted");
    assertThat(flag.join()).isTrue();
    assertThat(source.isClosed()).isTrue();
  }

  @Test
  void closingWakesAReaderWhoWaits() throws InterruptedException {
    ScriptedSource source = new ScriptedSource();
    ReplyStream stream = new ReplyStream(source);
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                stream.iterator().next();
              } catch (GenerationCancelledException e) {
                thrown.complete(e);
              }
            });
    reader.start();
    awaitState(reader, Thread.State.WAITING);
    stream.close();
    stream.close();
    reader.join();
    assertThat(thrown.join()).hasMessageContaining("closed");
  }

  @Test
  void aSecondReaderIsRefused() {
    ReplyStream stream = new ReplyStream(ScriptedSource.of(HELLO, ScriptedSource.DONE));
    Iterator<Event> first = stream.iterator();
    assertThatThrownBy(stream::iterator)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("read once");
    assertThatThrownBy(() -> stream.toFuture().join())
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(first.next()).isEqualTo(HELLO);
  }

  @Test
  void theFutureHasTheWholeReply() {
    ScriptedSource source = ScriptedSource.of(HELLO);
    CompletableFuture<Reply> future = new ReplyStream(source).toFuture();
    source.put(LO);
    source.put(ScriptedSource.DONE);
    assertThat(future.join().text()).isEqualTo("Hello");
  }

  @Test
  void theFutureFailsAsTheReplyDoes() {
    ScriptedSource source = new ScriptedSource();
    CompletableFuture<Reply> future = new ReplyStream(source).toFuture();
    LongCatException failure = new BackendException("NaN");
    source.fail(failure);
    assertThatThrownBy(future::join).isInstanceOf(CompletionException.class).hasCause(failure);
  }

  @Test
  void cancellingTheFutureCancelsTheReply() {
    ScriptedSource source = ScriptedSource.of(HELLO);
    CompletableFuture<Reply> future = new ReplyStream(source).toFuture();
    assertThat(source.isClosed()).isFalse();
    future.cancel(true);
    assertThat(source.isClosed()).isTrue();
  }

  private static void awaitState(Thread thread, Thread.State state) {
    while (thread.getState() != state) {
      Thread.onSpinWait();
    }
  }
}
