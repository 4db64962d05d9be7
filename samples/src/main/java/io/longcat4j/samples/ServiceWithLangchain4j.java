package io.longcat4j.samples;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.UserMessage;
import io.longcat4j.LongCat;
import io.longcat4j.langchain4j.LongCatChatModel;
import java.nio.file.Path;

/** A service of langchain4j that looks at a picture and may ask for prices. */
public final class ServiceWithLangchain4j {
  private ServiceWithLangchain4j() {}

  /** What the application calls; langchain4j writes the class. */
  interface Shop {
    /** Answers in words. */
    String ask(@UserMessage String question, @UserMessage ImageContent shelf);
  }

  /** What the model may call. */
  static final class Prices {
    /** Called with the model's argument, and answered to it. */
    @Tool("Tells the price of a shape in cents")
    int price(@P("the shape, such as star") String shape) {
      System.out.println("asked for the price of a " + shape);
      return shape.contains("star") ? 40 : 30;
    }
  }

  /**
   * Runs the sample. A model that was trained on tools asks for prices and adds them up.
   * LongCat-Tiny was not: beside the description of a tool it answers nonsense, whatever it is
   * asked, and calls nothing.
   *
   * @param args an image and a checkpoint's directory; without them a shipped image and
   *     LongCat-Tiny
   */
  public static void main(String[] args) {
    Path shelf = Path.of(args.length > 0 ? args[0] : "samples/media/tiny/shapes.png");
    try (LongCat longcat = open(args)) {
      Shop shop =
          AiServices.builder(Shop.class)
              .chatModel(LongCatChatModel.builder().longcat(longcat).build())
              .tools(new Prices())
              .build();
      System.out.println(
          shop.ask("What do these cost together?", ImageContent.from(shelf, "image/png")));
    }
  }

  private static LongCat open(String[] args) {
    if (args.length > 1) {
      return LongCat.builder().model(Path.of(args[1])).build();
    }
    System.out.println("LongCat-Tiny does not know tools: do not wonder at its words.");
    return LongCat.tiny();
  }
}
