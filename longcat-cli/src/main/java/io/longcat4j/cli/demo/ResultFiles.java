package io.longcat4j.cli.demo;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.longcat4j.CodecFrame;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes replies the way the published demo does: {@code NAME.json} with {@code text} and {@code
 * audio_codes}, and {@code NAME.wav}.
 */
public final class ResultFiles {
  /** Ids below this are markers of the audio vocabulary; codebook entries follow them. */
  private static final int FIRST_CODE_ID = 32;

  private final Path folder;

  private ResultFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * Creates the folder if needed.
   *
   * @param folder where results go
   * @return the writer
   * @throws InvalidRequestException if the folder cannot be created
   */
  public static ResultFiles in(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InvalidRequestException(
          "The output directory " + folder + " cannot be created (" + e + "); pass another", e);
    }
    return new ResultFiles(folder);
  }

  /**
   * Writes one reply.
   *
   * @param name the case's name
   * @param reply the reply
   * @return the files written, in order
   */
  public List<Path> write(String name, Reply reply) {
    Path json = folder.resolve(name + ".json");
    try {
      Files.writeString(json, json(reply));
    } catch (IOException e) {
      throw new InvalidRequestException(
          "Cannot write " + json + " (" + e + "); pass another --output", e);
    }
    if (reply.speech().isEmpty()) {
      return List.of(json);
    }
    Path wav = folder.resolve(name + ".wav");
    reply.speech().get().writeTo(wav);
    return List.of(json, wav);
  }

  static String json(Reply reply) {
    String codes =
        reply.codecFrames().stream()
            .map(ResultFiles::audioIds)
            .collect(Collectors.joining(",\n        ", "[\n        ", "\n    ]"));
    return "{\n    \"text\": \""
        + new String(JsonStringEncoder.getInstance().quoteAsString(reply.text()))
        + "\",\n    \"audio_codes\": "
        + (reply.codecFrames().isEmpty() ? "[]" : codes)
        + "\n}\n";
  }

  private static String audioIds(CodecFrame frame) {
    StringBuilder ids = new StringBuilder("[").append(frame.semantic() + FIRST_CODE_ID);
    for (int code : frame.acoustic()) {
      ids.append(", ").append(code + FIRST_CODE_ID);
    }
    return ids.append(']').toString();
  }
}
