package io.longcat4j.tiny;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.Audio;
import io.longcat4j.AudioDelta;
import io.longcat4j.Conversation;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.Interleaved;
import io.longcat4j.LongCat;
import io.longcat4j.Part;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.Video;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads, looks, listens and speaks, from files to answers that are right. */
class TinyModelTest {
  private static final Path MEDIA =
      Path.of(System.getProperty("longcat.repository.root", ".."), "samples/media/tiny");
  private static final Text WHAT_DO_YOU_SEE = Text.of("What do you see?");
  private static final String SEEN = "I see a green star, a purple triangle and a yellow circle.";
  private static final Generation ALOUD = Generation.speech();

  private static LongCat longcat;

  @BeforeAll
  static void load() {
    longcat = LongCat.tiny();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  @Test
  void a_question_is_answered_and_the_answer_ends_by_itself() {
    Reply reply = longcat.generate(Prompt.user("What can you do?"));
    assertThat(reply.text()).isEqualTo("I can read, look, listen and speak.");
    assertThat(reply.finishReason()).isEqualTo(FinishReason.END);
  }

  @Test
  void how_many_experts_a_token_gets_is_its_own_choice() {
    Reply reply = longcat.generate(Prompt.user("What can you do?"));
    assertThat(reply.statistics().leastExpertsPerToken())
        .isLessThan(reply.statistics().mostExpertsPerToken());
  }

  @Test
  void a_picture_is_seen() {
    assertThat(answer(Image.of(MEDIA.resolve("shapes.png")), WHAT_DO_YOU_SEE)).isEqualTo(SEEN);
  }

  @Test
  void a_spoken_question_about_a_picture_is_answered() {
    assertThat(
            answer(
                Image.of(MEDIA.resolve("shapes.png")),
                Audio.of(MEDIA.resolve("shapes-question.wav"))))
        .isEqualTo(SEEN);
  }

  @Test
  void a_sentence_is_written_down_and_answered() {
    Audio sentence = Audio.of(MEDIA.resolve("month-question.wav"));
    assertThat(answer(sentence, Text.of("What did I say?")))
        .isEqualTo("Which month is before November?");
    Audio question = Audio.of(MEDIA.resolve("hours-question.wav"));
    assertThat(answer(question)).isEqualTo("A day has twenty four hours.");
  }

  @Test
  void a_clip_is_watched_and_a_question_heard_over_it() {
    assertThat(answer(Video.of(MEDIA.resolve("clip.gif")), Text.of("Where does the square move?")))
        .isEqualTo("The square moves up.");
    assertThat(
            answer(
                Interleaved.of(
                    Video.of(MEDIA.resolve("moving.gif")),
                    Audio.of(MEDIA.resolve("moving-question.wav")))))
        .isEqualTo("The ring moves to the left.");
  }

  @Test
  void what_was_said_is_remembered_until_it_is_taken_back() {
    try (Conversation conversation = longcat.conversation()) {
      Conversation.Checkpoint stranger = conversation.checkpoint();
      conversation.send(Generation.text(), Text.of("My name is Anna."));
      assertThat(conversation.send(Generation.text(), Text.of("What is my name?")).text())
          .isEqualTo("Your name is Anna.");
      conversation.rollback(stranger);
      conversation.send(Generation.text(), Text.of("My name is Tom."));
      try (Conversation other = conversation.fork()) {
        assertThat(other.send(Generation.text(), Text.of("What is my name?")).text())
            .isEqualTo("Your name is Tom.");
      }
    }
  }

  @Test
  void an_answer_is_spoken_as_it_comes_and_its_own_ears_understand_it() {
    Prompt prompt = Prompt.user("What is thirty four plus five?");
    StringBuilder words = new StringBuilder();
    List<Float> samples = new ArrayList<>();
    int sounds = 0;
    try (ReplyStream stream = longcat.stream(prompt, ALOUD)) {
      for (Event event : stream) {
        if (event instanceof TextDelta text) {
          words.append(text.text());
        } else if (event instanceof AudioDelta sound) {
          sounds++;
          for (float sample : sound.samples().values()) {
            samples.add(sample);
          }
        }
      }
    }
    Reply whole = longcat.generate(prompt, ALOUD);
    assertThat(sounds).isGreaterThan(1);
    assertThat(words).hasToString("It is thirty nine.");
    float[] expected = whole.speech().orElseThrow().samples().values();
    assertThat(samples).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(samples.get(i)).isCloseTo(expected[i], within(1e-4f));
    }
    Audio heard = Audio.of(whole.speech().orElseThrow().samples());
    assertThat(answer(heard, Text.of("What did I say?"))).isEqualTo("It is thirty nine.");
  }

  private static String answer(Part... parts) {
    return longcat.generate(Prompt.user(parts)).text();
  }
}
