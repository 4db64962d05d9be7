package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Scheduling;
import io.longcat4j.Text;
import io.longcat4j.testing.TestData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Text, pictures, sounds and speech in one batch answer as each does alone. */
class ManyRequestsTest {
  private static final Generation TEXT =
      Generation.builder().maxNewTokens(24).ignoreEos(true).build();
  private static final Generation SAMPLED =
      TEXT.toBuilder().topK(0).topP(0.9).temperature(1.3).repetitionPenalty(1.1).seed(7).build();
  private static final Generation SPEECH = Generation.speech().toBuilder().maxNewTokens(40).build();

  private record Question(Prompt prompt, Generation generation) {
    Reply ask(LongCat longcat) {
      return longcat.generate(prompt, generation);
    }
  }

  private static List<Question> questions() {
    Prompt picture =
        Prompt.user(Image.of(TestData.media("photo_533x377.png")), Text.of("What is this?"));
    Prompt sound = Prompt.user(Audio.of(TestData.media("audio_question_3s.wav")));
    return List.of(
        new Question(Prompt.user("What is the capital of France?"), TEXT),
        new Question(Prompt.user("What is the capital of France?"), SAMPLED),
        new Question(Prompt.user("What is the capital of Peru?"), SPEECH),
        new Question(picture, TEXT),
        new Question(picture, SPEECH),
        new Question(sound, TEXT),
        new Question(sound, SPEECH));
  }

  @Test
  void everyReplyIsWhatItIsAlone() {
    List<Question> questions = questions();
    List<Reply> alone = new ArrayList<>();
    for (Question question : questions) {
      try (LongCat fresh = open(Scheduling.defaults())) {
        alone.add(question.ask(fresh));
      }
    }
    Scheduling tight = Scheduling.builder().maxRunning(5).cacheBytes(1_300_000).build();
    for (Scheduling scheduling : List.of(Scheduling.defaults(), tight)) {
      assertTogether(scheduling, questions, alone);
    }
  }

  private static void assertTogether(
      Scheduling scheduling, List<Question> questions, List<Reply> alone) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 3 * questions.size(); i++) {
      order.add(i % questions.size());
    }
    Collections.shuffle(order, new Random(5));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (LongCat longcat = open(scheduling)) {
      List<CompletableFuture<Reply>> together =
          order.stream()
              .map(i -> CompletableFuture.supplyAsync(() -> questions.get(i).ask(longcat), threads))
              .toList();
      for (int i = 0; i < order.size(); i++) {
        Reply reply = together.get(i).join();
        Reply expected = alone.get(order.get(i));
        assertThat(reply.textIds()).isEqualTo(expected.textIds());
        assertThat(reply.codecFrames()).isEqualTo(expected.codecFrames());
        assertThat(reply.text()).isEqualTo(expected.text());
        assertThat(reply.finishReason()).isEqualTo(expected.finishReason());
      }
    } finally {
      threads.shutdown();
    }
  }

  private static LongCat open(Scheduling scheduling) {
    return LongCat.builder()
        .model(TestData.bf16())
        .contextLength(1000)
        .scheduling(scheduling)
        .build();
  }
}
