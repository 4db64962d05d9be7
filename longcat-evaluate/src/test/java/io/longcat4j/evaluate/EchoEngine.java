package io.longcat4j.evaluate;

import io.longcat4j.Audio;
import io.longcat4j.AudioDelta;
import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.MediaException;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Samples;
import io.longcat4j.Statistics;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EventSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Says what it was asked, except {@code fail}; hears every sound as {@code heard} and what it was
 * told after it; its voice is one sample, but it does not say {@code mute}. It never comes to an
 * end with {@code wait}.
 */
final class EchoEngine implements Engine {

  @Override
  public EventSource<Event> stream(Prompt prompt, Generation generation) {
    List<Part> parts = prompt.messages().get(prompt.messages().size() - 1).parts();
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(part instanceof Audio ? "heard " : ((Text) part).text());
    }
    if (text.toString().equals("fail")) {
      throw new MediaException("a.png: no picture");
    }
    Queue<Event> events = new ArrayDeque<>(List.of(new TextDelta(" " + text + "\n")));
    if (generation.isSpeech() && !text.toString().equals("mute")) {
      events.add(new AudioDelta(new Samples(new float[1], 24000), 0, 0, 0));
    }
    if (!text.toString().equals("wait")) {
      events.add(new Done(FinishReason.END, statistics(), List.of(), List.of(), List.of()));
    }
    return new EventSource<Event>() {
      @Override
      public @Nullable Event poll() {
        return events.poll();
      }

      @Override
      public void onAvailable(Runnable listener) {}

      @Override
      public void close() {}
    };
  }

  private static Statistics statistics() {
    return Statistics.builder()
        .tokens(1, 0, 1)
        .preparation(Duration.ZERO, Duration.ZERO)
        .model(Duration.ZERO, Duration.ZERO, Duration.ZERO)
        .speech(Duration.ZERO, Duration.ZERO, 0)
        .experts(1, 1, 1)
        .build();
  }

  @Override
  public Conversation conversation(ConversationOptions options) {
    throw new UnsupportedOperationException("no test converses");
  }

  @Override
  public String describe() {
    return "echo";
  }

  @Override
  public void close() {}
}
