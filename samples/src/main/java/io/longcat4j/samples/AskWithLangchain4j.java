package io.longcat4j.samples;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.longcat4j.LongCat;
import io.longcat4j.langchain4j.LongCatChatModel;
import io.longcat4j.langchain4j.LongCatChatRequestParameters;
import java.nio.file.Path;

/** A picture, a question and a spoken answer through langchain4j. */
public final class AskWithLangchain4j {
  private AskWithLangchain4j() {}

  /**
   * Runs the sample.
   *
   * @param args an image, which has a default
   */
  public static void main(String[] args) {
    Path picture = Path.of(args.length > 0 ? args[0] : "samples/media/tiny/shapes.png");
    try (LongCat longcat = LongCat.tiny()) {
      LongCatChatModel model = LongCatChatModel.builder().longcat(longcat).build();
      ChatResponse response =
          model.chat(
              ChatRequest.builder()
                  .messages(
                      UserMessage.from(
                          ImageContent.from(picture, "image/png"),
                          TextContent.from("What do you see?")))
                  .parameters(LongCatChatRequestParameters.builder().speech(true).build())
                  .build());
      System.out.println(response.aiMessage().text());
      LongCatChatModel.speech(response.aiMessage())
          .ifPresent(wav -> System.out.println(wav.binaryData().length + " bytes of speech"));
    }
  }
}
