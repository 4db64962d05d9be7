package io.longcat4j.schedule;

import static io.longcat4j.testing.Interleaved.require;
import static org.jetbrains.lincheck.Lincheck.runConcurrentTest;

import io.longcat4j.EngineBusyException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.decode.ExpertCount;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.SequenceRows;
import io.longcat4j.testing.Interleaved;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What other threads leave for the scheduler's, in interleavings that a model checker chooses. */
@Tag("interleavings")
class InboxInterleavings {

  @Test
  void whatWasTakenInIsFoundByTheDriverAndNothingElse() {
    runConcurrentTest(
        Interleaved.COUNT,
        () -> {
          Inbox inbox = new Inbox(1);
          AtomicInteger accepted = new AtomicInteger();
          List<RunningRequest> found = new ArrayList<>();
          Interleaved.run(
              () -> put(inbox, accepted),
              () -> {
                put(inbox, accepted);
                inbox.close();
              },
              () -> drain(inbox, found));
          put(inbox, accepted);
          drain(inbox, found);
          require(found.size() == accepted.get(), accepted + " taken in, found " + found);
          require(inbox.waiting() == 0, inbox.waiting() + " wait");
        });
  }

  private static void put(Inbox inbox, AtomicInteger accepted) {
    try {
      inbox.put(request(inbox));
      accepted.incrementAndGet();
    } catch (EngineBusyException | GenerationCancelledException e) {
      // Refused.
    }
  }

  private static void drain(Inbox inbox, List<RunningRequest> found) {
    List<RunningRequest> arrived = new ArrayList<>();
    inbox.drainTo(arrived);
    arrived.forEach(request -> inbox.leftQueue());
    found.addAll(arrived);
  }

  @Test
  void aDriverThatMissedACancelIsWokenAndTheFirstReasonCounts() {
    runConcurrentTest(
        Interleaved.COUNT,
        () -> {
          Inbox inbox = new Inbox(1);
          RunningRequest request = request(inbox);
          AtomicReference<LongCatException> seen = new AtomicReference<>();
          Interleaved.run(
              () -> request.cancel(new GenerationCancelledException("one")),
              () -> request.cancel(new GenerationCancelledException("other")),
              () -> {
                drain(inbox, new ArrayList<>());
                seen.set(request.cancelled());
              });
          if (seen.get() == null) {
            awaitSignal(inbox);
          }
          require(
              seen.get() == null || seen.get() == request.cancelled(),
              "a later reason took the place of the first");
        });
  }

  /** Returns at once if somebody has signalled since the inbox was emptied, and never otherwise. */
  private static void awaitSignal(Inbox inbox) {
    try {
      inbox.await(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RunningRequest request(Inbox inbox) {
    PromptRows prompt = PromptRows.of(new int[] {1});
    Submission submission = new Submission(prompt, null, 0, 0, Optional.empty(), new Heard());
    return new RunningRequest(
        submission,
        new SequenceRows(prompt, AttentionPolicy.dense()),
        new ExpertCount(),
        null,
        1,
        0,
        inbox);
  }
}
