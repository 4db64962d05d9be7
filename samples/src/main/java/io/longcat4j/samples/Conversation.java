package io.longcat4j.samples;

import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import java.nio.file.Path;
import java.util.List;

/** Several turns: the model sees what was said before because the program sends it again. */
public final class Conversation {
  private Conversation() {}

  /**
   * Runs the sample.
   *
   * @param args the checkpoint directory; without it the shipped one
   */
  public static void main(String[] args) {
    Path model = Path.of(args.length > 0 ? args[0] : "samples/checkpoints/random-bf16");
    List<String> questions =
        List.of("Name a city.", "In which country is it?", "And what do people eat there?");

    Generation brief = Generation.builder().maxNewTokens(32).stop("\n").build();
    try (LongCat longcat = LongCat.builder().model(model).build()) {
      Prompt.Builder history = Prompt.builder().system("Answer in one sentence.");
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
