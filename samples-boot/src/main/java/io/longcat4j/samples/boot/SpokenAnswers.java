package io.longcat4j.samples.boot;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import io.longcat4j.langchain4j.LongCatChatModel;
import java.io.IOException;
import java.util.Base64;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** Answers a question about an uploaded picture aloud. */
@SpringBootApplication
@RestController
public class SpokenAnswers {
  private final LongCatChatModel model;

  public SpokenAnswers(LongCatChatModel model) {
    this.model = model;
  }

  public static void main(String[] arguments) {
    SpringApplication.run(SpokenAnswers.class, arguments);
  }

  @PostMapping(path = "/answer", produces = "audio/wav")
  public byte[] answer(@RequestParam MultipartFile picture, @RequestParam String question)
      throws IOException {
    String png = Base64.getEncoder().encodeToString(picture.getBytes());
    UserMessage asked =
        UserMessage.from(ImageContent.from(png, "image/png"), TextContent.from(question));
    return LongCatChatModel.speech(model.chat(asked).aiMessage()).orElseThrow().binaryData();
  }
}
