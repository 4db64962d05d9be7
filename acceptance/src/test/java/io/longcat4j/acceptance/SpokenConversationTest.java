package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.AudioDelta;
import io.longcat4j.Conversation;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.testing.TestData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Replies that are spoken, as they come and turn by turn, with random weights. */
class SpokenConversationTest {
  private static final Generation SPEECH =
      Generation.builder().speech(true).maxNewTokens(60).build();
  private static final Generation TEXT =
      Generation.builder().maxNewTokens(8).ignoreEos(true).build();
  private static final Text QUESTION = Text.of("Tell me about Beijing.");

  private static LongCat longcat;

  @BeforeAll
  static void load() {
    longcat = LongCat.builder().model(TestData.bf16()).build();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  @Test
  void wordsAndSoundComeBitByBitAndAreTheWholeReply() {
    Reply whole = longcat.generate(Prompt.user(QUESTION), SPEECH);
    StringBuilder text = new StringBuilder();
    List<Float> sound = new ArrayList<>();
    int sounds = 0;
    Done done = null;
    try (ReplyStream stream = longcat.stream(Prompt.user(QUESTION), SPEECH)) {
      for (Event event : stream) {
        if (event instanceof TextDelta words) {
          text.append(words.text());
        } else if (event instanceof AudioDelta audio) {
          assertThat(audio.firstSample()).isEqualTo(sound.size());
          assertThat(audio.textEnd()).isLessThanOrEqualTo(text.length());
          for (float value : audio.samples().values()) {
            sound.add(value);
          }
          sounds++;
        } else if (event instanceof Done end) {
          done = end;
        }
      }
    }
    assertThat(text).hasToString(whole.text());
    assertThat(done.textIds()).isEqualTo(whole.textIds());
    assertThat(done.codecFrames()).isEqualTo(whole.codecFrames()).isNotEmpty();
    assertThat(sounds).isGreaterThan(1);
    float[] expected = whole.speech().orElseThrow().samples().values();
    assertThat(sound).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(sound.get(i)).isCloseTo(expected[i], within(1e-4f));
    }
    assertThat(done.statistics().timeToFirstAudio()).isPresent();
    assertThat(done.statistics().speechRealTimeFactor().orElseThrow()).isPositive();
  }

  @Test
  void aSpokenReplyIsKnownToTheNextTurn() {
    try (Conversation conversation = longcat.conversation()) {
      conversation.send(SPEECH, QUESTION);
      int before = conversation.positions();
      assertThat(before).isGreaterThan(60);
      Reply next = conversation.send(TEXT, Text.of("Go on."));
      assertThat(next.statistics().reusedTokens()).isGreaterThan(before - 8);
    }
  }

  @Test
  void whatWasNotHeardIsForgotten() {
    try (Conversation conversation = longcat.conversation()) {
      int question = longcat.generate(Prompt.user(QUESTION), TEXT).statistics().promptTokens();
      Reply reply = conversation.send(SPEECH, QUESTION);
      int whole = conversation.positions();
      Conversation.Checkpoint all = conversation.checkpoint();
      double seconds = reply.speech().orElseThrow().durationSeconds();
      conversation.truncateAt(Duration.ofNanos(Math.round((seconds + 1) * 1e9)));
      assertThat(conversation.positions()).isEqualTo(whole);
      conversation.truncateAt(Duration.ofNanos(Math.round(seconds / 2 * 1e9)));
      int half = conversation.positions();
      assertThat(half).isLessThan(whole);
      conversation.truncateAt(Duration.ZERO);
      assertThat(conversation.positions()).isBetween(question, Math.min(half, question + 4));
      conversation.send(TEXT, Text.of("Say that again."));
      conversation.rollback(all);
      assertThat(conversation.positions()).isEqualTo(whole);
    }
  }

  @Test
  void anInterruptedReplyIsCutToWhatWasHeard() {
    try (Conversation conversation = longcat.conversation()) {
      double heard = 0;
      try (ReplyStream stream =
          conversation.stream(SPEECH.toBuilder().maxNewTokens(1000).build(), QUESTION)) {
        for (Event event : stream) {
          if (event instanceof AudioDelta audio) {
            heard += audio.durationSeconds();
            break;
          }
        }
      }
      assertThat(heard).isPositive();
      int said = conversation.positions();
      conversation.truncateAt(Duration.ofNanos(Math.round(heard * 1e9)));
      assertThat(conversation.positions()).isLessThanOrEqualTo(said);
      assertThat(conversation.send(TEXT, Text.of("Stop.")).textIds()).hasSize(8);
    }
  }
}
