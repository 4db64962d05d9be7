package io.longcat4j.samples;

import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import java.nio.file.Path;

/** An answer that a program reads: the schema decides which texts can come at all. */
public final class AnswerInJson {
  private static final String SCHEMA =
      """
      {"enum": ["red", "green", "blue", "yellow", "purple"]}
      """;

  private AnswerInJson() {}

  /**
   * Runs the sample.
   *
   * @param args an image, which has a default
   */
  public static void main(String[] args) {
    Path picture = Path.of(args.length > 0 ? args[0] : "samples/media/tiny/shapes.png");
    try (LongCat longcat = LongCat.tiny()) {
      System.out.println(
          longcat
              .generate(
                  Prompt.user(Image.of(picture), Text.of("Which colour is the triangle?")),
                  Generation.builder().jsonSchema(SCHEMA).build())
              .text());
    }
  }
}
