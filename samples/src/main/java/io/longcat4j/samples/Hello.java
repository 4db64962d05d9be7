package io.longcat4j.samples;

import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;

/** The smallest program: a question in text, an answer in text. */
public final class Hello {
  private Hello() {}

  /**
   * Runs the sample.
   *
   * @param args not used; {@code LongCat.builder().model(directory).build()} opens another
   *     checkpoint
   */
  public static void main(String[] args) {
    try (LongCat longcat = LongCat.tiny()) {
      Reply reply = longcat.generate(Prompt.user("What can you do?"));
      System.out.println(reply.text());
    }
  }
}
