package io.longcat4j.samples.boot;

import io.longcat4j.AudioDelta;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import io.longcat4j.ReplyStream;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import java.io.IOException;
import java.util.Base64;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The same for a page: words and sound as they come, as server-sent events. Sound is 16-bit
 * samples, little-endian, in base64; the event's id is their rate. A page that goes away ends the
 * reply.
 */
@RestController
public class AnswersAsTheyCome {
  private final LongCat longcat;
  private final AsyncTaskExecutor executor;

  public AnswersAsTheyCome(LongCat longcat, AsyncTaskExecutor applicationTaskExecutor) {
    this.longcat = longcat;
    this.executor = applicationTaskExecutor;
  }

  @PostMapping("/stream")
  public SseEmitter stream(
      @RequestParam(required = false) MultipartFile picture,
      @RequestParam String question,
      @RequestParam(defaultValue = "true") boolean aloud)
      throws IOException {
    Text text = Text.of(question);
    Prompt prompt =
        picture == null || picture.isEmpty()
            ? Prompt.user(text)
            : Prompt.user(Image.of(picture.getBytes()), text);
    Generation generation = Generation.builder().speech(aloud).build();
    SseEmitter emitter = new SseEmitter(0L);
    executor.execute(() -> send(prompt, generation, emitter));
    return emitter;
  }

  private void send(Prompt prompt, Generation generation, SseEmitter emitter) {
    try (ReplyStream reply = longcat.stream(prompt, generation)) {
      for (Event event : reply) {
        if (event instanceof TextDelta words) {
          emitter.send(SseEmitter.event().name("words").data(quoted(words.text())));
        } else if (event instanceof AudioDelta sound) {
          emitter.send(
              SseEmitter.event()
                  .name("sound")
                  .id(Integer.toString(sound.sampleRateHz()))
                  .data(Base64.getEncoder().encodeToString(sound.toPcm16())));
        }
      }
      emitter.send(SseEmitter.event().name("end").data(""));
      emitter.complete();
    } catch (IOException | IllegalStateException e) {
      emitter.completeWithError(e);
    } catch (LongCatException e) {
      tell(emitter, e);
    }
  }

  private static void tell(SseEmitter emitter, LongCatException reason) {
    try {
      emitter.send(
          SseEmitter.event().name("refused").data(quoted(String.valueOf(reason.getMessage()))));
      emitter.complete();
    } catch (IOException e) {
      emitter.completeWithError(e);
    }
  }

  /** Server-sent events drop a leading space and break at line ends; URL encoding keeps both. */
  private static String quoted(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8)
        .replace("+", "%20");
  }
}
