package io.longcat4j.samples;

import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Text;
import java.nio.file.Path;

/** Shows a picture and asks about it; samples instead of always taking the likeliest word. */
public final class AskAboutImage {
  private AskAboutImage() {}

  /**
   * Runs the sample.
   *
   * @param args a picture; without it a shipped one
   */
  public static void main(String[] args) {
    Path picture = Path.of(args.length > 0 ? args[0] : "samples/media/tiny/shapes.png");

    Generation varied =
        Generation.builder().maxNewTokens(64).topK(40).topP(0.9).temperature(0.3).seed(7).build();
    try (LongCat longcat = LongCat.tiny()) {
      Prompt prompt = Prompt.user(Image.of(picture), Text.of("What do you see?"));
      Reply reply = longcat.generate(prompt, varied);
      System.out.println(reply.text());
      System.out.println(reply.statistics().promptTokens() + " positions in the prompt");
    }
  }
}
