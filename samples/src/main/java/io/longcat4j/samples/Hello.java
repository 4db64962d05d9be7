package io.longcat4j.samples;

import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import java.nio.file.Path;

/** The smallest program: a question in text, an answer in text. */
public final class Hello {
  private Hello() {}

  /**
   * Runs the sample.
   *
   * @param args the checkpoint directory; without it the shipped one
   */
  public static void main(String[] args) {
    Path model = Path.of(args.length > 0 ? args[0] : "samples/checkpoints/random-bf16");
    try (LongCat longcat = LongCat.builder().model(model).build()) {
      Reply reply = longcat.generate(Prompt.user("What is there to see in Beijing?"));
      System.out.println(reply.text());
    }
  }
}
