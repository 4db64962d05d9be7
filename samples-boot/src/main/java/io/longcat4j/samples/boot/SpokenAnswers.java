package io.longcat4j.samples.boot;

import io.longcat4j.*;
import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.multipart.MultipartFile;

/** Answers a question about an uploaded picture aloud. */
@SpringBootApplication
@RestController
public class SpokenAnswers {
  private final LongCat longcat;

  public SpokenAnswers(LongCat longcat) {
    this.longcat = longcat;
  }

  public static void main(String[] arguments) {
    SpringApplication.run(SpokenAnswers.class, arguments);
  }

  @PostMapping(path = "/answer", produces = "audio/wav")
  public byte[] answer(@RequestParam MultipartFile picture, @RequestParam String question)
      throws IOException {
    Prompt prompt = Prompt.user(Image.of(picture.getInputStream()), Text.of(question));
    return longcat.generate(prompt, Generation.speech()).speech().orElseThrow().toWav();
  }
}
