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
   * @param args the checkpoint directory and a picture; without them the shipped ones
   */
  public static void main(String[] args) {
    Path model = Path.of(args.length > 0 ? args[0] : "samples/checkpoints/random-bf16");
    Path picture = Path.of(args.length > 1 ? args[1] : "samples/media/image_case.png");

    Generation varied =
        Generation.builder().maxNewTokens(64).topK(40).topP(0.9).temperature(0.7).seed(7).build();
    try (LongCat longcat = LongCat.builder().model(model).build()) {
      Prompt prompt = Prompt.user(Image.of(picture), Text.of("What can you see in the image?"));
      Reply reply = longcat.generate(prompt, varied);
      System.out.println(reply.text());
      System.out.println(reply.statistics().promptTokens() + " positions in the prompt");
    }
  }
}
