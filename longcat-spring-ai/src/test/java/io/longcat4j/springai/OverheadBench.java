package io.longcat4j.springai;

import io.longcat4j.Event;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.ReplyStream;
import io.longcat4j.TextDelta;
import io.longcat4j.scripted.ScriptedEngine;

/**
 * Measures what a streamed token costs through the adapter beside the API by itself, over an engine
 * that computes nothing. Run it by hand; no test looks at the clock.
 */
final class OverheadBench {
  private static final int TOKENS = 1000;
  private static final int REPLIES = 500;
  private static final int ROUNDS = 8;

  private OverheadBench() {}

  public static void main(String[] arguments) {
    LongCat longcat = ScriptedEngine.saying("w ".repeat(TOKENS)).open();
    LongCatChatModel model = LongCatChatModel.builder().longcat(longcat).build();
    for (int round = 0; round < ROUNDS; round++) {
      double plain = nanosAToken(() -> plain(longcat));
      double adapted = nanosAToken(() -> adapted(model));
      System.out.printf(
          "API %.0f ns a token, Spring AI %.0f ns, difference %.2f us%n",
          plain, adapted, (adapted - plain) / 1000);
    }
  }

  private static double nanosAToken(Runnable reply) {
    long start = System.nanoTime();
    for (int i = 0; i < REPLIES; i++) {
      reply.run();
    }
    return (double) (System.nanoTime() - start) / REPLIES / TOKENS;
  }

  private static void plain(LongCat longcat) {
    int characters = 0;
    try (ReplyStream reply = longcat.stream(Prompt.user("go"))) {
      for (Event event : reply) {
        if (event instanceof TextDelta words) {
          characters += words.text().length();
        }
      }
    }
    check(characters);
  }

  private static void adapted(LongCatChatModel model) {
    int characters = model.stream("go").toStream().mapToInt(String::length).sum();
    check(characters);
  }

  private static void check(int characters) {
    if (characters != 2 * TOKENS) {
      throw new IllegalStateException("lost words: " + characters);
    }
  }
}
