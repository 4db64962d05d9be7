package io.longcat4j.samples;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import java.nio.file.Path;

/** Plays a sound, asks about it, and lets the model speak its answer into a WAV file. */
public final class AskAboutAudio {
  private AskAboutAudio() {}

  /**
   * Runs the sample.
   *
   * @param args a sound and the WAV file to write; each has a default
   */
  public static void main(String[] args) {
    Path sound = Path.of(args.length > 0 ? args[0] : "samples/media/tiny/hours-question.wav");
    Path answer = Path.of(args.length > 1 ? args[1] : "answer.wav");

    Generation spoken = Generation.speech().toBuilder().maxNewTokens(256).build();
    try (LongCat longcat = LongCat.tiny()) {
      Prompt prompt = Prompt.user(Audio.of(sound));
      Reply reply = longcat.generate(prompt, spoken);
      System.out.println(reply.text());
      reply.warnings().forEach(warning -> System.out.println("warning: " + warning));
      reply
          .speech()
          .ifPresent(
              speech -> {
                speech.writeTo(answer);
                System.out.println(speech.durationSeconds() + " s of speech in " + answer);
              });
    }
  }
}
