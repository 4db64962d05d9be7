package io.longcat4j.cli.evaluate;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.Reply;
import io.longcat4j.evaluate.TestItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes spoken answers as pairs {@code ID.wav} and {@code ID.txt}, so that a recogniser can be
 * asked to transcribe them. Thread-safe.
 */
public final class SpokenAnswers {
  private final Path folder;

  private SpokenAnswers(Path folder) {
    this.folder = folder;
  }

  /**
   * Creates the folder if needed.
   *
   * @param folder where answers go
   * @return the writer
   * @throws InvalidRequestException if the folder cannot be created
   */
  public static SpokenAnswers in(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InvalidRequestException(
          "--speech " + folder + ": cannot be created (" + e + "); pass another directory", e);
    }
    return new SpokenAnswers(folder);
  }

  /**
   * Writes an answer; one that was not spoken is left out.
   *
   * @param item what was asked
   * @param reply text and speech
   * @throws InvalidRequestException if it cannot be written
   */
  public void write(TestItem item, Reply reply) {
    if (reply.speech().isPresent()) {
      reply.speech().get().writeTo(folder.resolve(item.id() + ".wav"));
      Path text = folder.resolve(item.id() + ".txt");
      try {
        Files.writeString(text, reply.text().strip() + "\n");
      } catch (IOException e) {
        throw new InvalidRequestException(
            text + ": cannot be written (" + e + "); pass another directory with --speech", e);
      }
    }
  }
}
