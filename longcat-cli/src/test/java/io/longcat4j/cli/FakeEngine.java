package io.longcat4j.cli;

import io.longcat4j.AttentionFigures;
import io.longcat4j.CodecFrame;
import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.MediaException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.RankFailedException;
import io.longcat4j.RankFigures;
import io.longcat4j.Reply;
import io.longcat4j.Samples;
import io.longcat4j.Speech;
import io.longcat4j.Statistics;
import io.longcat4j.Text;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.EventSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Answers with what it was asked. */
record FakeEngine(EngineOptions options) implements Engine {

  @Override
  public EventSource<Event> stream(Prompt prompt, Generation generation) {
    return new FakeEvents(
        reply(
            prompt,
            generation,
            options.parallel().ranks().orElse(1),
            options.attention().measureEvery()));
  }

  private static Reply reply(Prompt prompt, Generation generation, int ranks, int measureEvery) {
    String asked = describe(prompt);
    if (asked.contains("broken media")) {
      throw new MediaException("cat.png: not a picture; pass another file");
    }
    if (asked.contains("lost rank")) {
      throw new RankFailedException(1, "beta", "rank 1 on beta was silent for 10 s");
    }
    if (asked.contains("defect")) {
      throw new IllegalStateException("index 7");
    }
    String text =
        "%s | max %d, k %d, p %s, t %s, r %s, seed %s, stop %s, strict %s"
                .formatted(
                    asked,
                    generation.maxNewTokens(),
                    generation.topK(),
                    generation.topP(),
                    generation.temperature(),
                    generation.repetitionPenalty(),
                    generation.seed(),
                    generation.stop(),
                    generation.isStrict())
            + more(prompt, generation);
    boolean spoken = generation.isSpeech() && !asked.contains("be mute");
    return new Reply(
        text,
        List.of(1, 2),
        spoken ? new Speech(new Samples(new float[] {0, 0.5f, -0.5f}, 24000)) : null,
        spoken
            ? List.of(
                new CodecFrame(108, List.of(22, 379, 304)), new CodecFrame(0, List.of(1, 2, 3)))
            : List.of(),
        FinishReason.LENGTH,
        asked.contains("long sound") ? List.of("only the first 120 s are heard") : List.of(),
        Statistics.builder()
            .tokens(37, 0, 21)
            .preparation(Duration.ofMillis(110), Duration.ofMillis(100))
            .model(Duration.ZERO, Duration.ofMillis(200), Duration.ofSeconds(2))
            .speech(Duration.ofMillis(300), Duration.ofMillis(400), 0.5)
            .experts(8.25, 2, 12)
            .ranks(ranks == 1 ? List.of() : figures(ranks))
            .attention(measureEvery == 0 ? List.of() : attention(measureEvery))
            .build());
  }

  private static List<AttentionFigures> attention(int every) {
    List<Long> distribution = List.of(0L, 0L, 0L, 0L, 0L, 2L, 0L, 0L, 0L, 2L);
    return List.of(
        new AttentionFigures(0, 12 / every, 0.75, 0.5, distribution, 0.9, 1.5),
        new AttentionFigures(3, 4 / every, 0.95, 0.9, distribution, 0.7, 0.5));
  }

  /** What few requests have. */
  private static String more(Prompt prompt, Generation generation) {
    return (generation.minP() > 0 ? ", min-p " + generation.minP() : "")
        + generation.timeout().map(time -> ", timeout " + time).orElse("")
        + generation.jsonSchema().map(schema -> ", schema " + schema).orElse("")
        + (prompt.tools().isEmpty() ? "" : ", tools " + prompt.tools());
  }

  private static List<RankFigures> figures(int ranks) {
    return IntStream.range(0, ranks)
        .mapToObj(
            rank ->
                new RankFigures(
                    rank, "alpha", Duration.ofMillis(500), Duration.ofMillis(100L * rank), 1000))
        .toList();
  }

  private static String describe(Prompt prompt) {
    List<String> parts = new ArrayList<>();
    for (Message message : prompt.messages()) {
      for (Part part : message.parts()) {
        String what = part instanceof Text text ? text.text() : part.getClass().getSimpleName();
        what += part instanceof Image image && image.isUpright() ? " upright" : "";
        parts.add(message.role() + ":" + what);
      }
    }
    return String.join(", ", parts);
  }

  @Override
  public Conversation conversation(ConversationOptions wanted) {
    throw new UnsupportedOperationException("no command holds a conversation");
  }

  @Override
  public String describe() {
    return "backend "
        + options.backend().name()
        + ", "
        + options.senses()
        + ", threads "
        + options.threads()
        + ", context "
        + options.contextLength()
        + ", "
        + options.weightMemory()
        + ", top "
        + options.attention().positions()
        + ", cache "
        + options.cacheDirectory()
        + ", "
        + options.parallel()
        + ", experts "
        + options.experts();
  }

  /** As {@code Parallel.processes()} listening on "follower" or "failing". */
  @Override
  public boolean isFollower() {
    return options.parallel().listenOn().isPresent();
  }

  @Override
  public void follow() {
    if (options.parallel().listenOn().orElseThrow().equals("failing")) {
      throw new RankFailedException(0, "alpha", "rank 0 on alpha was silent for 10 s");
    }
  }

  @Override
  public void close() {}
}
