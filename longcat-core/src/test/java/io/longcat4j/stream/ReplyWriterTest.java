package io.longcat4j.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.AudioDelta;
import io.longcat4j.BackendException;
import io.longcat4j.CodecFrame;
import io.longcat4j.Done;
import io.longcat4j.EngineListener;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.Samples;
import io.longcat4j.Statistics;
import io.longcat4j.TextDelta;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.modality.SpeechChunk;
import io.longcat4j.modality.VoiceSession;
import io.longcat4j.prompt.ReplyText;
import io.longcat4j.prompt.SpecialTokens;
import io.longcat4j.prompt.TextDeltas;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A reply from steps that a test makes up. */
class ReplyWriterTest {
  private static final Tokenizer TOKENIZER = Tokenizer.open(TestData.bf16());
  private static final int FRAME = 100;
  private static final ModelFigures MODEL =
      new ModelFigures(
          Duration.ofNanos(30),
          Duration.ofNanos(70),
          Duration.ofNanos(5),
          7,
          3,
          6,
          5,
          2.5,
          1,
          4,
          List.of(),
          4096);

  private final Outbox outbox = new Outbox();
  private final Heard heard = new Heard();
  private final FakeVoice voice = new FakeVoice();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private long now;
  private int ends;
  private int resumed;

  private ReplyWriter text(String... stops) {
    return ReplyWriter.builder(outbox, deltas(stops), figures()).listener(heard).build();
  }

  private ReplyWriter speech(Executor executor) {
    return speech(executor, 0);
  }

  private ReplyWriter speech(Executor executor, int lookAhead) {
    return ReplyWriter.builder(outbox, deltas(), figures())
        .listener(heard)
        .whenEnded(writer -> ends++)
        .voice(voice, lookAhead, executor, () -> now)
        .build();
  }

  private static TextDeltas deltas(String... stops) {
    return new TextDeltas(new ReplyText(TOKENIZER, SpecialTokens.of(TOKENIZER)), List.of(stops));
  }

  private ReplyFigures figures() {
    return new ReplyFigures(() -> now, List::of);
  }

  private static int[] ids(String words) {
    return TOKENIZER.asPlainText().encode(words);
  }

  private static void write(ReplyWriter writer, int id) {
    writer.isStopped(id);
    writer.onText(id);
  }

  private static void speak(ReplyWriter writer, int id, boolean speaking) {
    if (!speaking) {
      writer.isStopped(id);
    }
    writer.onSpeech(new SpeechStep(speaking ? -1 : id, List.of(40, 41, 42, 43), speaking));
  }

  private List<Event> read() {
    List<Event> events = new ArrayList<>();
    for (Event event = outbox.poll(); event != null; event = outbox.poll()) {
      events.add(event);
    }
    return events;
  }

  private void runTasks() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Test
  void wordsComeAsTheyAreCertainAndThenTheEnd() {
    ReplyWriter writer = text();
    int[] ids = ids("Hello big world");
    assertThat(ids.length).isGreaterThan(2);
    StringBuilder words = new StringBuilder();
    for (int id : ids) {
      write(writer, id);
      for (Event event : read()) {
        words.append(((TextDelta) event).text());
      }
    }
    writer.onDone(FinishReason.END, MODEL, List::of);
    assertThat(words).hasToString("Hello big world");
    Done done = (Done) read().get(0);
    assertThat(done.textIds()).hasSize(ids.length);
    assertThat(done.finishReason()).isEqualTo(FinishReason.END);
    assertThat(heard.signals).containsExactly("finished END");
  }

  @Test
  void theRuleStopsAtAStopString() {
    ReplyWriter writer = text(" big");
    boolean stopped = false;
    for (int id : ids("Hello big world")) {
      stopped |= writer.isStopped(id);
    }
    assertThat(stopped).isTrue();
    assertThat(read()).containsExactly(new TextDelta("Hello"));
  }

  @Test
  void figuresAreThoseOfTheClock() {
    ReplyFigures figures = figures();
    ReplyWriter writer = ReplyWriter.builder(outbox, deltas(), figures).listener(heard).build();
    now = 100;
    figures.submitted(Duration.ofNanos(60));
    writer.onSubmitted();
    now = 1000;
    write(writer, ids("a")[0]);
    for (int i = 0; i < 99; i++) {
      now += 1_000_000;
      write(writer, ids("a")[0]);
    }
    now += 100_000_000;
    write(writer, ids("a")[0]);
    writer.onDone(FinishReason.LENGTH, MODEL, List::of);
    Statistics cost = ((Done) read().get(1)).statistics();
    assertThat(cost.draftedTokens()).isEqualTo(6);
    assertThat(cost.acceptedTokens()).isEqualTo(5);
    assertThat(cost.promptTokens()).isEqualTo(10);
    assertThat(cost.reusedTokens()).isEqualTo(7);
    assertThat(cost.computedTokens()).isEqualTo(3);
    assertThat(cost.newTokens()).isEqualTo(101);
    assertThat(cost.preprocess()).isEqualTo(Duration.ofNanos(100));
    assertThat(cost.encode()).isEqualTo(Duration.ofNanos(60));
    assertThat(cost.queue()).isEqualTo(Duration.ofNanos(30));
    assertThat(cost.prefill()).isEqualTo(Duration.ofNanos(70));
    assertThat(cost.timeToFirstToken()).isEqualTo(Duration.ofNanos(1000));
    assertThat(cost.interTokenP50().toNanos()).isBetween(980_000L, 1_020_000L);
    assertThat(cost.interTokenP99().toNanos()).isBetween(980_000L, 1_020_000L);
    assertThat(cost.timeToFirstAudio()).isEmpty();
    assertThat(cost.speechRealTimeFactor()).isEmpty();
    assertThat(cost.cacheBytes()).isEqualTo(4096);
    assertThat(cost.leastExpertsPerToken()).isEqualTo(1);
    assertThat(heard.signals).containsExactly("submitted", "finished LENGTH");
  }

  @Test
  void soundFollowsTheWordsItSpeaksOf() {
    ReplyWriter writer = speech(Runnable::run);
    int[] ids = ids("Hello big");
    for (int id : ids) {
      speak(writer, id, false);
    }
    for (int i = 0; i < 6; i++) {
      speak(writer, -1, true);
    }
    writer.onDone(FinishReason.END, MODEL, List::of);
    List<Event> events = read();
    int length = 0;
    long samples = 0;
    for (Event event : events.subList(0, events.size() - 1)) {
      if (event instanceof TextDelta words) {
        length += words.text().length();
      } else {
        AudioDelta audio = (AudioDelta) event;
        assertThat(audio.textStart()).isZero();
        assertThat(audio.textEnd()).isBetween(1, length);
        assertThat(audio.firstSample()).isEqualTo(samples);
        samples += audio.samples().count();
      }
    }
    assertThat(length).isEqualTo("Hello big".length());
    int frames = ids.length + 5;
    assertThat(samples).isEqualTo((long) frames * FRAME);
    assertThat(((Done) events.get(events.size() - 1)).codecFrames()).hasSize(frames);
    assertThat(voice.closed).isTrue();
  }

  @Test
  void theRealTimeFactorIsTheTimeOfMakingOverTheLengthOfTheSound() {
    ReplyWriter writer = speech(tasks::add);
    now = 50_000_000;
    speak(writer, 1, false);
    for (int i = 0; i < 10; i++) {
      speak(writer, -1, true);
    }
    now += 100_000_000;
    writer.onDone(FinishReason.END, MODEL, List::of);
    runTasks();
    List<Event> events = read();
    Statistics cost = ((Done) events.get(events.size() - 1)).statistics();
    assertThat(cost.speechRealTimeFactor().orElseThrow()).isEqualTo(0.1);
    assertThat(cost.timeToFirstAudio()).contains(Duration.ofMillis(150));
  }

  @Test
  void aVoiceThatLagsHoldsTheModelUpAndNothingIsLost() {
    ReplyWriter writer = speech(tasks::add);
    speak(writer, -1, true); // The first step has no frame yet.
    speak(writer, -1, true);
    runTasks();
    for (int i = 0; i < SpeechWriter.MAX_WAITING; i++) {
      assertThat(writer.isReady()).isTrue();
      speak(writer, -1, true);
    }
    assertThat(writer.isReady()).isFalse();
    runTasks();
    assertThat(writer.isReady()).isTrue();
    writer.onDone(FinishReason.LENGTH, MODEL, List::of);
    assertThat(read()).noneMatch(Done.class::isInstance);
    runTasks();
    assertThat(read()).last().isInstanceOf(Done.class);
    assertThat(voice.frames).isEqualTo(SpeechWriter.MAX_WAITING + 1);
  }

  @Test
  void theModelMakesWayForTheFirstSoundAndForNoOther() {
    ReplyWriter writer = speech(tasks::add, FakeVoice.LOOK_AHEAD);
    outbox.attach(
        new Producer() {
          @Override
          public void resume() {
            resumed++;
          }

          @Override
          public void cancel() {}
        });
    resumed = 0;
    speak(writer, 1, false); // The first step has no frame yet.
    for (int frame = 1; frame <= FakeVoice.LOOK_AHEAD; frame++) {
      speak(writer, -1, true);
      assertThat(writer.isReady()).isTrue();
      assertThat(tasks).as("nothing sounds yet").isEmpty();
    }
    speak(writer, -1, true);
    assertThat(writer.isReady()).isFalse();
    runTasks();
    assertThat(writer.isReady()).isTrue();
    assertThat(resumed).isPositive();
    speak(writer, -1, true);
    assertThat(writer.isReady()).isTrue();
  }

  @Test
  void aVoiceThatFailsAtItsFirstSoundHoldsNothingUp() {
    voice.failure = new BackendException("out of order");
    ReplyWriter writer = speech(tasks::add, 0);
    speak(writer, -1, true);
    speak(writer, -1, true);
    assertThat(writer.isReady()).isFalse();
    runTasks();
    assertThat(writer.isReady()).isTrue();
    assertThatThrownBy(outbox::poll).isSameAs(voice.failure);
  }

  @Test
  void aVoiceThatFailsEndsTheReply() {
    voice.failure = new BackendException("out of order");
    ReplyWriter writer = speech(Runnable::run);
    speak(writer, -1, true);
    speak(writer, -1, true);
    assertThatThrownBy(outbox::poll).isSameAs(voice.failure);
    writer.onFailed(new GenerationCancelledException("cancelled"));
    assertThat(voice.closed).isTrue();
    assertThat(heard.signals).containsExactly("failed out of order");
  }

  @Test
  void aVoiceThatCannotBeFreedStillEndsTheReply() {
    voice.closing = new AssertionError("stuck");
    ReplyWriter writer = speech(Runnable::run);
    speak(writer, -1, true);
    speak(writer, -1, true);
    writer.onDone(FinishReason.END, MODEL, List::of);
    assertThatThrownBy(this::read)
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("could not be spoken")
        .hasCause(voice.closing);
  }

  @Test
  void aVoiceWithoutAThreadEndsTheReply() {
    OutOfMemoryError none = new OutOfMemoryError("unable to create native thread");
    ReplyWriter writer =
        speech(
            task -> {
              throw none;
            });
    speak(writer, -1, true);
    speak(writer, -1, true);
    assertThatThrownBy(this::read).isInstanceOf(LongCatException.class).hasCause(none);
    assertThat(voice.closed).isTrue();
  }

  @Test
  void whenTheReaderLeavesTheSoundIsDroppedAndTheVoiceFreed() {
    ReplyWriter writer = speech(tasks::add);
    for (int i = 0; i < 8; i++) {
      speak(writer, -1, true);
    }
    outbox.close();
    writer.onFailed(new GenerationCancelledException("cancelled"));
    runTasks();
    assertThat(voice.frames).isZero();
    assertThat(voice.closed).isTrue();
    assertThat(ends).isEqualTo(1);
    assertThat(heard.signals).hasSize(1).first().asString().startsWith("failed The stream was");
  }

  @Test
  void aReaderWhoLeavesWhileTheRestIsSpokenIsAFailureToo() {
    ReplyWriter writer = speech(tasks::add);
    speak(writer, -1, true);
    speak(writer, -1, true);
    writer.onDone(FinishReason.END, MODEL, List::of);
    outbox.close();
    runTasks();
    assertThat(voice.closed).isTrue();
    assertThat(ends).isEqualTo(1);
    assertThat(heard.signals).hasSize(1).first().asString().startsWith("failed ");
  }

  @Test
  void withoutThreadsForTheVoiceTheReplyEnds() {
    ReplyWriter writer =
        speech(
            task -> {
              throw new RejectedExecutionException();
            });
    speak(writer, -1, true);
    speak(writer, -1, true);
    assertThatThrownBy(outbox::poll).isInstanceOf(GenerationCancelledException.class);
    assertThat(voice.closed).isTrue();
  }

  /** Sounds a frame once three more have followed. */
  private static final class FakeVoice implements VoiceSession {
    private static final int LOOK_AHEAD = 3;
    private @Nullable LongCatException failure;
    private @Nullable Error closing;
    private int frames;
    private int spoken;
    private boolean closed;

    @Override
    public Optional<SpeechChunk> push(List<CodecFrame> more) {
      if (failure != null) {
        throw failure;
      }
      frames += more.size();
      return chunk(frames - LOOK_AHEAD);
    }

    @Override
    public Optional<SpeechChunk> finish() {
      return chunk(frames);
    }

    private Optional<SpeechChunk> chunk(int to) {
      int count = to - spoken;
      if (count <= 0) {
        return Optional.empty();
      }
      SpeechChunk chunk =
          new SpeechChunk(spoken, count, new Samples(new float[count * FRAME], 1000));
      spoken = to;
      return Optional.of(chunk);
    }

    @Override
    public void close() {
      closed = true;
      if (closing != null) {
        throw closing;
      }
    }
  }

  private static final class Heard implements EngineListener {
    private final List<String> signals = new ArrayList<>();

    @Override
    public void onSubmitted() {
      signals.add("submitted");
    }

    @Override
    public void onFinished(FinishReason reason, Statistics statistics) {
      signals.add("finished " + reason);
    }

    @Override
    public void onFailed(LongCatException reason) {
      signals.add("failed " + reason.getMessage());
    }
  }
}
