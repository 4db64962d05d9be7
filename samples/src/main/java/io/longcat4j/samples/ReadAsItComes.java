package io.longcat4j.samples;

import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.ReplyStream;
import io.longcat4j.TextDelta;

/** Words and sound while the model makes them, for whoever should not have to wait. */
public final class ReadAsItComes {
  private ReadAsItComes() {}

  /**
   * Runs the sample.
   *
   * @param args the question, which has a default
   */
  public static void main(String[] args) {
    String question = args.length > 0 ? args[0] : "What can you do?";

    try (LongCat longcat = LongCat.tiny();
        ReplyStream stream = longcat.stream(Prompt.user(question), Generation.speech())) {
      double seconds = 0;
      for (Event event : stream) {
        if (event instanceof TextDelta words) {
          System.out.print(words.text());
          System.out.flush();
        } else if (event instanceof AudioDelta sound) {
          seconds += sound.durationSeconds();
        } else if (event instanceof Done done) {
          System.out.printf(
              "%n%.2f s of speech, first words after %d ms%n",
              seconds, done.statistics().timeToFirstToken().toMillis());
        }
      }
    }
  }
}
