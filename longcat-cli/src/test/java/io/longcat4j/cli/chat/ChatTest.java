package io.longcat4j.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.AudioDelta;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChatTest {
  private static LongCat longcat;

  private final List<String> happened = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CancelKey key =
      new CancelKey(() -> happened.add("end"), () -> happened.add("hint"));

  @BeforeAll
  static void load() {
    longcat = LongCat.tiny();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  private void chat(boolean speaking, ChatScreen screen) {
    Chat.Settings settings =
        new Chat.Settings(
            ConversationOptions.defaults(),
            spoken -> spoken ? Generation.speech() : Generation.text(),
            speaking,
            Optional.of(new Recorder()));
    try (Chat chat = new Chat(longcat, settings, screen, key)) {
      chat.run();
    }
  }

  private ChatScreen screen(boolean interactive, UnaryOperator<String> words, String... lines) {
    return new ChatScreen(
        new BufferedReader(new StringReader(String.join("\n", lines))),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        interactive,
        false,
        words);
  }

  @Test
  void a_reply_that_is_ended_keeps_its_words_and_the_next_line_is_answered() {
    AtomicInteger pieces = new AtomicInteger();
    chat(
        false,
        screen(
            true,
            words -> {
              if (pieces.incrementAndGet() == 2) {
                key.press();
              }
              return words;
            },
            "What can you do?",
            "What can you do?"));
    assertThat(happened).isEmpty();
    assertThat(err.toString()).contains("what came of it is remembered");
    List<String> replies = out.toString().lines().toList();
    assertThat(replies).hasSize(2);
    assertThat("I can read, look, listen and speak.").startsWith(replies.get(0));
    assertThat(replies.get(0)).hasSizeLessThan(35);
    assertThat(replies.get(1)).isNotEmpty();
  }

  @Test
  void spoken_replies_are_played_to_their_end() {
    chat(true, screen(false, words -> words, "What can you do?", "/speak off", "What can you do?"));
    assertThat(happened).startsWith("play").endsWith("play", "finish").containsOnlyOnce("finish");
    assertThat(out.toString().lines()).hasSize(2);
  }

  @Test
  void a_terminal_is_asked_and_greeted() {
    chat(false, screen(true, words -> words, "/quit"));
    assertThat(err.toString()).contains("Type a question, or /help").endsWith("> ");
  }

  private final class Recorder implements ChatSound {
    @Override
    public void play(AudioDelta sound) {
      happened.add("play");
    }

    @Override
    public void finish() {
      happened.add("finish");
    }

    @Override
    public void stop() {
      happened.add("stop");
    }
  }
}
