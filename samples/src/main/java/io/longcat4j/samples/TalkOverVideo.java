package io.longcat4j.samples;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.Interleaved;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Video;
import java.nio.file.Path;

/** Shows a video while somebody asks about it: pictures and sound run side by side. */
public final class TalkOverVideo {
  private TalkOverVideo() {}

  /**
   * Runs the sample.
   *
   * @param args a video and a spoken question; each has a default
   */
  public static void main(String[] args) {
    Path video = Path.of(args.length > 0 ? args[0] : "samples/media/tiny/moving.gif");
    Path question = Path.of(args.length > 1 ? args[1] : "samples/media/tiny/moving-question.wav");

    Generation brief = Generation.builder().maxNewTokens(64).build();
    try (LongCat longcat = LongCat.tiny()) {
      // A file with its own sound track would be Interleaved.of(file).
      Prompt prompt = Prompt.user(Interleaved.of(Video.of(video), Audio.of(question)));
      System.out.println(longcat.generate(prompt, brief).text());
    }
  }
}
