package io.longcat4j.samples;

import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import java.util.List;

/** Several turns: the model sees what was said before because the program sends it again. */
public final class Conversation {
  private Conversation() {}

  /**
   * Runs the sample.
   *
   * @param args not used
   */
  public static void main(String[] args) {
    List<String> questions =
        List.of("My name is Anna.", "What is thirty four plus five?", "What is my name?");

    Generation brief = Generation.builder().maxNewTokens(32).stop("\n").build();
    try (LongCat longcat = LongCat.tiny()) {
      Prompt.Builder history = Prompt.builder();
      for (String question : questions) {
        history.user(question);
        Reply reply = longcat.generate(history.build(), brief);
        history.assistant(reply.text());
        System.out.println("you:   " + question);
        System.out.println("model: " + reply.text());
      }
    }
  }
}
