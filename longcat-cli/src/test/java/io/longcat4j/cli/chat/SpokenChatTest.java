package io.longcat4j.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.MediaSource;
import io.longcat4j.SessionOptions;
import io.longcat4j.media.AudioFile;
import io.longcat4j.testing.TestData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SpokenChatTest {
  private static LongCat longcat;

  @TempDir Path folder;

  private final StringWriter err = new StringWriter();
  private final CancelKey key = new CancelKey(() -> {}, () -> {});

  @BeforeAll
  static void load() {
    longcat = LongCat.tiny();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  @Test
  void a_spoken_question_is_answered_aloud_and_kept() throws IOException {
    Path file = folder.resolve("spoken.json");
    Lines out = new Lines(1);
    PlayedDevice device = new PlayedDevice(() -> {});
    device.say(question("hours-question.wav"), 1500);
    chat(device, out, "/save " + file + "\n/quit\n");
    assertThat(out.toString()).isEqualTo("A day has twenty four hours.\n");
    assertThat(device.sounds()).isNotEmpty();
    assertThat(err.toString()).contains("listening", "saved " + file).doesNotContain("longcat:");
    assertThat(folder.resolve("spoken.wav")).isNotEmptyFile();
    JsonNode messages = new ObjectMapper().readTree(file.toFile()).get("chat");
    assertThat(messages.get(0).toString()).contains("(spoken)");
    assertThat(messages.get(1).toString()).contains("A day has twenty four hours.");
  }

  @Test
  void who_speaks_while_a_reply_is_spoken_interrupts_it_and_is_answered() throws IOException {
    Path file = folder.resolve("spoken.json");
    Lines out = new Lines(2);
    AtomicBoolean interrupting = new AtomicBoolean();
    PlayedDevice[] device = new PlayedDevice[1];
    device[0] =
        new PlayedDevice(
            () -> {
              if (!interrupting.getAndSet(true)) {
                device[0].say(question("month-question.wav"), 1500);
              }
            });
    device[0].say(question("hours-question.wav"), 1500);
    chat(device[0], out, "/save " + file + "\n/quit\n");
    assertThat(err.toString()).contains("(interrupted)");
    assertThat(device[0].stops()).isGreaterThanOrEqualTo(2);
    JsonNode messages = new ObjectMapper().readTree(file.toFile()).get("chat");
    assertThat(messages).hasSize(4);
    assertThat(messages.get(1).toString()).doesNotContain("hours.");
    // What the small model says after a reply of which nothing was heard is not always sense.
    assertThat(messages.get(3).get("role").asText()).isEqualTo("assistant");
    assertThat(messages.get(3).get("content").get(0).get("text").asText()).isNotBlank();
  }

  @Test
  void what_is_typed_is_answered_and_the_end_of_input_ends() {
    Lines out = new Lines(0);
    PlayedDevice device = new PlayedDevice(() -> {});
    chat(device, out, "/speak off\n/nonsense\n/help\n/reset\n");
    assertThat(err.toString()).contains("replies are written", "no command /nonsense", "anew");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void the_end_of_the_microphone_is_told() {
    PlayedDevice device = new PlayedDevice(() -> {});
    device.end();
    chat(device, new Lines(1), "/quit\n");
    assertThat(err.toString()).contains("the microphone has ended");
  }

  private void chat(PlayedDevice device, Lines out, String typed) {
    ChatScreen screen =
        new ChatScreen(
            new BufferedReader(new After(out.ended, typed)),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            false,
            false,
            words -> words);
    new SpokenChat(longcat, SpokenChatTest::options, screen, key, device).run();
  }

  private static SessionOptions options(boolean spoken) {
    return SessionOptions.builder()
        .generation(spoken ? Generation.speech() : Generation.text())
        .build();
  }

  private static float[] question(String name) {
    return AudioFile.decode(MediaSource.of(TestData.media("tiny/" + name)), 16000, 60)
        .samples()
        .values();
  }

  /** Counts lines. */
  private static final class Lines extends StringWriter {
    private final CountDownLatch ended;

    Lines(int lines) {
      ended = new CountDownLatch(lines);
    }

    @Override
    public void write(String text) {
      super.write(text);
      if (text.equals(System.lineSeparator())) {
        ended.countDown();
      }
    }
  }

  /** What is typed once something has happened. */
  private static final class After extends Reader {
    private final CountDownLatch before;
    private final String text;
    private int at;

    After(CountDownLatch before, String text) {
      this.before = before;
      this.text = text;
    }

    @Override
    public int read(char[] into, int from, int length) throws IOException {
      try {
        if (!before.await(60, TimeUnit.SECONDS)) {
          throw new IOException("nothing happened");
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      int count = Math.min(length, text.length() - at);
      if (count == 0) {
        return -1;
      }
      text.getChars(at, at + count, into, from);
      at += count;
      return count;
    }

    @Override
    public void close() {}
  }
}
