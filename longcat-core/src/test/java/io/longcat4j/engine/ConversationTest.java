package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.Message;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Text;
import io.longcat4j.testing.TestData;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Turns of text, with a checkpoint of random weights. */
class ConversationTest {
  private static final Generation TWENTY =
      Generation.builder().maxNewTokens(20).ignoreEos(true).build();
  private static final Text FIRST = Text.of("What is there to see in Beijing, and in what order?");
  private static final Text SECOND = Text.of("And in Shanghai?");

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
  void theFirstTurnIsWhatItWouldBeAlone() {
    try (Conversation conversation =
        longcat.conversation(ConversationOptions.defaults().withSystem("Be brief."))) {
      Prompt alone = Prompt.of(Message.system("Be brief."), Message.user(FIRST));
      Reply expected = longcat.generate(alone, TWENTY);
      Reply reply = conversation.send(TWENTY, FIRST);
      assertThat(reply.textIds()).isEqualTo(expected.textIds());
      assertThat(reply.statistics().promptTokens()).isEqualTo(expected.statistics().promptTokens());
    }
  }

  @Test
  void aLaterTurnComputesOnlyWhatIsNew() {
    try (Conversation conversation = longcat.conversation()) {
      conversation.send(TWENTY, FIRST);
      int before = conversation.positions();
      Reply reply = conversation.send(TWENTY, SECOND);
      int added = reply.statistics().promptTokens() - before;
      assertThat(added).isBetween(5, 40);
      // The last choice of the first turn was never fed; the end of its message follows it.
      assertThat(reply.statistics().computedTokens()).isLessThanOrEqualTo(added + 8);
      assertThat(reply.statistics().reusedTokens()).isGreaterThan(before - 8);
    }
  }

  @Test
  void whatIsReusedGivesTheIdsOfWhatIsComputed() {
    Reply inOneEngine;
    try (Conversation conversation = longcat.conversation()) {
      conversation.send(TWENTY, FIRST);
      inOneEngine = conversation.send(TWENTY, SECOND);
    }
    try (LongCat fresh = LongCat.builder().model(TestData.bf16()).build();
        Conversation conversation = fresh.conversation()) {
      Conversation.Checkpoint start = conversation.checkpoint();
      conversation.send(TWENTY, SECOND);
      conversation.rollback(start);
      conversation.send(TWENTY, FIRST);
      assertThat(conversation.send(TWENTY, SECOND).textIds()).isEqualTo(inOneEngine.textIds());
    }
  }

  @Test
  void rollingBackForgetsAndAskingAgainGivesTheSame() {
    try (Conversation conversation = longcat.conversation()) {
      conversation.send(TWENTY, FIRST);
      Conversation.Checkpoint checkpoint = conversation.checkpoint();
      int positions = conversation.positions();
      Reply reply = conversation.send(TWENTY, SECOND);
      conversation.append(Text.of("Never mind."));
      conversation.rollback(checkpoint);
      assertThat(conversation.positions()).isEqualTo(positions);
      assertThat(conversation.send(TWENTY, SECOND).textIds()).isEqualTo(reply.textIds());
    }
  }

  @Test
  void forksGoOnByThemselves() {
    try (Conversation conversation = longcat.conversation()) {
      conversation.send(TWENTY, FIRST);
      try (Conversation fork = conversation.fork()) {
        Reply other = fork.send(TWENTY, Text.of("Why?"));
        Reply reply = conversation.send(TWENTY, SECOND);
        assertThat(other.textIds()).isNotEqualTo(reply.textIds());
        assertThat(fork.send(TWENTY, SECOND).textIds()).isNotEqualTo(reply.textIds());
      }
    }
  }

  @Test
  void aQuestionInPartsIsTheQuestionInOneGo() {
    Reply whole;
    try (Conversation conversation = longcat.conversation()) {
      whole = conversation.send(TWENTY, FIRST, SECOND);
    }
    try (Conversation conversation = longcat.conversation()) {
      conversation.append(FIRST);
      Reply reply = conversation.send(TWENTY, SECOND);
      assertThat(reply.textIds()).isEqualTo(whole.textIds());
    }
    try (Conversation conversation = longcat.conversation()) {
      conversation.append(FIRST, SECOND);
      assertThat(conversation.send(TWENTY).textIds()).isEqualTo(whole.textIds());
    }
  }

  @Test
  void aPreparedQuestionHasOneRowLeftToCompute() {
    Reply expected;
    try (Conversation conversation = longcat.conversation()) {
      expected = conversation.send(TWENTY, Text.of("What is a tea house?"), SECOND);
    }
    try (Conversation conversation =
        longcat.conversation(ConversationOptions.defaults().withSystem("Be brief."))) {
      conversation.prepare(TWENTY);
      conversation.append(Text.of("What is a tea house?"), SECOND);
      conversation.prepare(TWENTY);
      // Submitted later, it is answered later.
      longcat.generate(Prompt.user(FIRST), TWENTY);
      Reply reply = conversation.send(TWENTY);
      assertThat(reply.statistics().computedTokens()).isEqualTo(1);
      conversation.append(FIRST);
      conversation.prepare(TWENTY);
      conversation.append(SECOND);
      assertThat(conversation.send(TWENTY).textIds()).isNotEqualTo(reply.textIds());
    }
    try (Conversation conversation = longcat.conversation()) {
      conversation.append(Text.of("What is a tea house?"));
      conversation.prepare(TWENTY);
      conversation.append(SECOND);
      conversation.prepare(TWENTY);
      assertThat(conversation.send(TWENTY).textIds()).isEqualTo(expected.textIds());
    }
  }

  @Test
  void aReplyThatWasClosedStaysAsFarAsItCame() {
    Generation endless = TWENTY.toBuilder().maxNewTokens(1000).build();
    try (Conversation conversation = longcat.conversation()) {
      try (ReplyStream stream = conversation.stream(endless, FIRST)) {
        stream.iterator().next();
      }
      int positions = conversation.positions();
      assertThat(positions).isBetween(20, 1000);
      Reply reply = conversation.send(TWENTY, SECOND);
      assertThat(reply.statistics().promptTokens()).isGreaterThan(positions);
    }
  }

  @Test
  void whatDoesNotFitIsAnErrorOrForgotten() {
    try (LongCat small = LongCat.builder().model(TestData.bf16()).contextLength(120).build();
        Conversation strict = small.conversation();
        Conversation sliding = small.conversation(ConversationOptions.defaults().withSliding())) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10; i++) {
                  strict.send(TWENTY, FIRST);
                }
              })
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("context holds 1");
      int positions = strict.positions();
      assertThat(positions).isLessThanOrEqualTo(128);
      for (int i = 0; i < 10; i++) {
        assertThat(sliding.send(TWENTY, FIRST).textIds()).hasSize(20);
      }
      assertThat(sliding.positions()).isLessThanOrEqualTo(128);
    }
  }

  @Test
  void misuseIsToldWithTheWayOut() {
    Conversation conversation = longcat.conversation();
    assertThatThrownBy(() -> conversation.send(TWENTY))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("append");
    conversation.send(TWENTY, FIRST);
    assertThatThrownBy(() -> conversation.truncateAt(Duration.ofSeconds(1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("spoken");
    Conversation.Checkpoint foreign = new Conversation.Checkpoint() {};
    assertThatThrownBy(() -> conversation.rollback(foreign))
        .isInstanceOf(InvalidRequestException.class);
    conversation.close();
    conversation.close();
    assertThatThrownBy(() -> conversation.send(TWENTY, FIRST))
        .isInstanceOf(GenerationCancelledException.class);
  }
}
