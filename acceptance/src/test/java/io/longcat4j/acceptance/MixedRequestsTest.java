package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.LongCat;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Scheduling;
import io.longcat4j.Text;
import io.longcat4j.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests of every kind from many threads: each gets the reply that it gets alone. */
@Tag("once")
class MixedRequestsTest {
  private static final int KINDS = 36;
  private static final String SCHEMA =
      """
      {"type": "object", "additionalProperties": false, "required": ["n", "of"],
       "properties": {"n": {"type": "integer", "minimum": 0, "maximum": 99},
                      "of": {"enum": ["cat", "dog"]}}}
      """;

  private record Question(Prompt prompt, Generation generation) {
    static Question of(int kind) {
      Random random = new Random(kind);
      List<Part> parts = new ArrayList<>();
      if (kind % 4 == 1) {
        parts.add(Image.of(RandomCheckpoint.media("photo_533x377.png")));
      } else if (kind % 4 == 2) {
        parts.add(Audio.of(RandomCheckpoint.media("audio_question_3s.wav")));
      }
      parts.add(Text.of("What is the capital of ".repeat(1 + random.nextInt(4)) + kind + "?"));
      Prompt.Builder prompt = Prompt.builder();
      if (kind % 5 == 0) {
        prompt.system("Be brief.");
      }
      if (kind % 7 == 0) {
        prompt.tools(Tool.of("time", "Tells the time."));
      }
      prompt.add(Message.user(parts.toArray(new Part[0])));
      return new Question(prompt.build(), generation(kind, random));
    }

    private static Generation generation(int kind, Random random) {
      if (kind % 6 == 3) {
        return Generation.speech().toBuilder().maxNewTokens(16).build();
      }
      if (kind % 6 == 4) {
        return Generation.builder().jsonSchema(SCHEMA).maxNewTokens(40).build();
      }
      Generation.Builder text = Generation.builder().maxNewTokens(4 + random.nextInt(20));
      if (kind % 3 == 1) {
        text.topK(0).topP(0.9).temperature(1.2).repetitionPenalty(1.1).seed(kind);
      }
      if (kind % 6 == 2) {
        text.stop("e");
      }
      return text.ignoreEos(kind % 2 == 0).priority(random.nextInt(3)).build();
    }

    String ask(LongCat longcat) {
      Reply reply = longcat.generate(prompt, generation);
      return reply.textIds()
          + reply.text()
          + reply.codecFrames()
          + reply.toolCalls()
          + reply.finishReason();
    }
  }

  @Test
  void every_reply_is_as_when_asked_alone() {
    List<Question> questions = IntStream.range(0, KINDS).mapToObj(Question::of).toList();
    List<String> alone = new ArrayList<>();
    try (LongCat longcat = open(Scheduling.defaults())) {
      questions.forEach(question -> alone.add(question.ask(longcat)));
    }
    assertThat(alone).doesNotHaveDuplicates();
    int threads = Length.of(16, 64);
    int requests = Length.of(200, 12_800);
    // Of a cache for a few requests at once, so that some make way and are computed again.
    Scheduling tight =
        Scheduling.builder().maxRunning(12).queueLimit(threads).cacheBytes(4_000_000).build();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    AtomicInteger right = new AtomicInteger();
    try (LongCat longcat = open(tight)) {
      CompletableFuture<?>[] all =
          new Random(5)
              .ints(requests, 0, KINDS)
              .mapToObj(
                  i ->
                      CompletableFuture.runAsync(
                          () -> {
                            assertThat(questions.get(i).ask(longcat)).isEqualTo(alone.get(i));
                            right.incrementAndGet();
                          },
                          pool))
              .toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(all).join();
    } finally {
      pool.shutdown();
    }
    assertThat(right).hasValue(requests);
  }

  private static LongCat open(Scheduling scheduling) {
    return RandomCheckpoint.builder().contextLength(1_500).scheduling(scheduling).build();
  }
}
