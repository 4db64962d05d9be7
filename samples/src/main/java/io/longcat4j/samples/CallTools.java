package io.longcat4j.samples;

import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Tool;
import io.longcat4j.ToolCall;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;

/**
 * Functions of the application that the model may ask for. LongCat-Tiny has not learnt to ask, and
 * answers by itself; a large checkpoint does.
 */
public final class CallTools {
  private static final Tool CLOCK =
      new Tool(
          "time",
          "Tells what time it is in a city.",
          """
          {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
          """);

  private CallTools() {}

  /**
   * Runs the sample.
   *
   * @param args a checkpoint directory, without which LongCat-Tiny answers
   */
  public static void main(String[] args) {
    Optional<Path> checkpoint = args.length > 0 ? Optional.of(Path.of(args[0])) : Optional.empty();
    try (LongCat longcat =
        checkpoint.map(LongCat.builder()::model).orElseGet(LongCat.builder()::tiny).build()) {
      Prompt prompt =
          Prompt.builder().tools(CLOCK).user("What is the time in Bonn? What can you do?").build();
      Generation brief = Generation.builder().maxNewTokens(64).build();
      Reply reply = longcat.generate(prompt, brief);
      for (int round = 0; round < 3 && !reply.toolCalls().isEmpty(); round++) {
        Prompt.Builder next = prompt.toBuilder().assistant(reply);
        for (ToolCall call : reply.toolCalls()) {
          System.out.println("called: " + call.name() + " " + call.arguments());
          next.tool(
              "{\"time\": \"" + LocalTime.now(ZoneId.of("Europe/Berlin")).withNano(0) + "\"}");
        }
        prompt = next.build();
        reply = longcat.generate(prompt, brief);
      }
      System.out.println(reply.text());
    }
  }
}
