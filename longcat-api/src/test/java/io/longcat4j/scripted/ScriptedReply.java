package io.longcat4j.scripted;

import io.longcat4j.AudioDelta;
import io.longcat4j.CodecFrame;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.Samples;
import io.longcat4j.Statistics;
import io.longcat4j.TextDelta;
import io.longcat4j.TokenLogprobs;
import io.longcat4j.ToolCall;
import io.longcat4j.spi.EventSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A reply of a {@link ScriptedEngine}: all events are there at once, whoever polls gets the next.
 */
public final class ScriptedReply implements EventSource<Event> {
  /** Samples of sound with each word, where the reply is spoken. */
  public static final int SAMPLES_A_WORD = 240;

  private final List<Event> events = new ArrayList<>();
  private final AtomicInteger polled = new AtomicInteger();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private LongCatException failure;
  private Runnable listener = () -> {};

  /** A reply of any events; without a {@link Done} it never ends. */
  public static ScriptedReply of(Event... events) {
    ScriptedReply reply = new ScriptedReply();
    reply.events.addAll(List.of(events));
    return reply;
  }

  /** A reply of words, each a token, which keeps to the limits of its request. */
  public static ScriptedReply saying(String text, Generation generation) {
    ScriptedReply reply = new ScriptedReply();
    String whole = text;
    FinishReason reason = FinishReason.END;
    for (String stop : generation.stop()) {
      if (whole.contains(stop)) {
        whole = whole.substring(0, whole.indexOf(stop));
        reason = FinishReason.STOP;
      }
    }
    List<String> words = Arrays.asList(whole.split("(?<=[ ,:])"));
    if (words.size() > generation.maxNewTokens()) {
      words = words.subList(0, generation.maxNewTokens());
      reason = FinishReason.LENGTH;
    }
    int samples = 0;
    int characters = 0;
    for (String word : words) {
      reply.events.add(new TextDelta(word));
      characters += word.length();
      if (generation.isSpeech()) {
        float[] sound = new float[SAMPLES_A_WORD];
        Arrays.fill(sound, 0.5f);
        reply.events.add(new AudioDelta(new Samples(sound, 24000), samples, 0, characters));
        samples += SAMPLES_A_WORD;
      }
    }
    reply.events.add(done(reason, words, generation));
    return reply;
  }

  /** A reply that wants tools called. */
  public static ScriptedReply calling(ToolCall... calls) {
    ScriptedReply reply = of(calls);
    reply.events.add(done(FinishReason.END, List.of("call"), Generation.text()));
    return reply;
  }

  private static Done done(FinishReason reason, List<String> words, Generation generation) {
    List<TokenLogprobs> logprobs =
        generation.topLogprobs().isPresent()
            ? words.stream()
                .map(word -> new TokenLogprobs.Token(word.length(), word, -0.25))
                .map(token -> new TokenLogprobs(token, List.of(token)))
                .toList()
            : List.of();
    List<CodecFrame> frames = List.of();
    return new Done(
        reason,
        Statistics.builder()
            .tokens(12, 4, words.size())
            .model(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofMillis(300))
            .pace(Duration.ofMillis(25), Duration.ofMillis(10), Duration.ofMillis(15))
            .build(),
        words.stream().map(String::length).toList(),
        frames,
        logprobs);
  }

  /** Fails after its events. */
  public ScriptedReply failing(LongCatException reason) {
    failure = reason;
    return this;
  }

  /** Completed when its reader has closed it. */
  public CompletableFuture<Void> closed() {
    return closed;
  }

  /** How many events its reader has taken. */
  public int taken() {
    return polled.get();
  }

  @Override
  public synchronized Event poll() {
    if (closed.isDone()) {
      throw new GenerationCancelledException("The reply was closed");
    }
    if (polled.get() < events.size()) {
      return events.get(polled.getAndIncrement());
    }
    if (failure != null) {
      throw failure;
    }
    return null;
  }

  @Override
  public synchronized void onAvailable(Runnable newListener) {
    listener = newListener;
    newListener.run();
  }

  @Override
  public void close() {
    closed.complete(null);
    Runnable waiting;
    synchronized (this) {
      waiting = listener;
    }
    waiting.run();
  }
}
