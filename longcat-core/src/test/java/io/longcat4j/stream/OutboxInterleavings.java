package io.longcat4j.stream;

import static io.longcat4j.testing.Interleaved.require;
import static org.jetbrains.lincheck.Lincheck.runConcurrentTest;

import io.longcat4j.AudioDelta;
import io.longcat4j.BackendException;
import io.longcat4j.Event;
import io.longcat4j.LongCatException;
import io.longcat4j.ReplyStream;
import io.longcat4j.Samples;
import io.longcat4j.Warning;
import io.longcat4j.testing.Interleaved;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Writer, reader and those who close, in interleavings that a model checker chooses. */
@Tag("interleavings")
class OutboxInterleavings {

  /** Fills an outbox alone. */
  private static final AudioDelta TEN_SECONDS =
      new AudioDelta(new Samples(new float[Outbox.MAX_SECONDS], 1), 0, 0, 0);

  /** Counts what it is told. */
  private static final class Told implements Producer {
    private final AtomicInteger resumes = new AtomicInteger();
    private final AtomicInteger cancels = new AtomicInteger();

    @Override
    public void resume() {
      resumes.incrementAndGet();
    }

    @Override
    public void cancel() {
      cancels.incrementAndGet();
    }
  }

  @Test
  void aWriterThatRestsIsToldOfRoomAndAReaderThatWaitsOfEvents() {
    runConcurrentTest(
        Interleaved.COUNT,
        () -> {
          Outbox outbox = new Outbox();
          Told producer = new Told();
          AtomicInteger signals = new AtomicInteger();
          AtomicBoolean rests = new AtomicBoolean();
          AtomicInteger read = new AtomicInteger();
          outbox.attach(producer);
          outbox.onAvailable(signals::incrementAndGet);
          Interleaved.run(
              () -> {
                outbox.put(TEN_SECONDS);
                rests.set(outbox.isFull());
              },
              () -> poll(outbox, read));
          require(read.get() == 1 || signals.get() == 1, "the reader waits for ever");
          poll(outbox, read);
          require(read.get() == 1, "read " + read);
          require(!rests.get() || producer.resumes.get() == 2, "the writer rests for ever");
        });
  }

  private static void poll(Outbox outbox, AtomicInteger read) {
    if (outbox.poll() != null) {
      read.incrementAndGet();
    }
  }

  @Test
  void closingCancelsOnceAndForgetsWhatWaits() {
    runConcurrentTest(
        Interleaved.COUNT,
        () -> {
          Outbox outbox = new Outbox();
          Told producer = new Told();
          Interleaved.run(
              () -> {
                outbox.put(TEN_SECONDS);
                outbox.attach(producer);
              },
              outbox::close,
              () -> outbox.fail(new BackendException("beside it")));
          require(producer.cancels.get() == 1, producer.cancels + " cancels");
          outbox.close();
          require(!outbox.isFull(), "what was dropped counts");
        });
  }

  /** Asks for one event at first; hears one signal at a time, or fails. */
  private static final class Subscriber implements Flow.Subscriber<Event> {
    private final List<Object> heard = new ArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription own) {
      subscription = own;
      own.request(1);
    }

    @Override
    public void onNext(Event event) {
      hear(event);
    }

    @Override
    public void onError(Throwable failure) {
      hear(failure);
    }

    @Override
    public void onComplete() {
      hear("complete");
    }

    private void hear(Object signal) {
      require(inside.incrementAndGet() == 1, "two signals at once");
      heard.add(signal);
      inside.decrementAndGet();
    }
  }

  @Test
  void aSubscriberGetsWhatItAskedForOneByOne() {
    Warning first = new Warning("first");
    Warning second = new Warning("second");
    runConcurrentTest(
        Interleaved.COUNT,
        () -> {
          Outbox outbox = new Outbox();
          Subscriber subscriber = new Subscriber();
          new ReplyStream(outbox).publisher(Runnable::run).subscribe(subscriber);
          Interleaved.run(
              () -> {
                outbox.put(first);
                outbox.put(second);
                outbox.put(TEN_SECONDS);
              },
              () -> subscriber.subscription.request(1));
          require(subscriber.heard.equals(List.of(first, second)), "heard " + subscriber.heard);
        });
  }

  @Test
  void aSubscriberHearsNothingTwiceWhereTheStreamIsClosed() {
    runConcurrentTest(
        Interleaved.COUNT,
        () -> {
          Outbox outbox = new Outbox();
          Subscriber subscriber = new Subscriber();
          ReplyStream stream = new ReplyStream(outbox);
          stream.publisher(Runnable::run).subscribe(subscriber);
          Interleaved.run(
              () -> outbox.put(TEN_SECONDS),
              stream::close,
              () -> subscriber.subscription.request(1));
          long ends = subscriber.heard.stream().filter(s -> s instanceof LongCatException).count();
          require(ends == 1, "heard " + subscriber.heard);
        });
  }
}
