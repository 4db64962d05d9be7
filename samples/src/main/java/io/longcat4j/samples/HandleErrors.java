package io.longcat4j.samples;

import io.longcat4j.CheckpointException;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Errors are unchecked, say what to do, and leave the engine usable. */
public final class HandleErrors {
  private HandleErrors() {}

  /**
   * Runs the sample.
   *
   * @param args not used
   */
  public static void main(String[] args) {
    try (LongCat nowhere = LongCat.builder().model(Path.of("no-such-directory")).build()) {
      System.out.println("not reached: " + nowhere.describe());
    } catch (CheckpointException e) {
      System.out.println("checkpoint: " + e.getMessage());
    }

    byte[] noPicture = "This is no picture.".getBytes(StandardCharsets.UTF_8);
    Generation brief = Generation.builder().maxNewTokens(16).build();
    try (LongCat longcat = LongCat.tiny()) {
      try {
        longcat.generate(Prompt.user(Image.of(noPicture), Text.of("What is this?")), brief);
      } catch (MediaException e) {
        System.out.println("media: " + e.getMessage());
      } catch (LongCatException e) {
        System.out.println("anything else: " + e.getMessage());
      }
      System.out.println(
          "still there: " + longcat.generate(Prompt.user("What can you do?"), brief).text());
    }
  }
}
