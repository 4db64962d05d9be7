package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.MediaSource;
import io.longcat4j.media.AudioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Sounds of which it is known when somebody speaks, and replies of the model.
 *
 * @param sounds with their labels
 * @param replies what the loudspeaker plays
 */
record SpeechFiles(List<Labelled> sounds, List<float[]> replies) {
  static final int RATE_HZ = 16_000;
  private static final int LONGEST_SECONDS = 120;

  /** Copies the lists. */
  SpeechFiles {
    sounds = List.copyOf(sounds);
    replies = List.copyOf(replies);
  }

  /**
   * Samples from one on up to another.
   *
   * @param from the first
   * @param to behind the last
   */
  record Stretch(long from, long to) {
    boolean overlaps(Stretch other) {
      return from < other.to && other.from < to;
    }

    boolean holds(long sample) {
      return from <= sample && sample < to;
    }
  }

  /**
   * A sound at {@link #RATE_HZ}.
   *
   * @param name of the file
   * @param samples not to be changed
   * @param speech when somebody speaks, in order
   */
  record Labelled(String name, float[] samples, List<Stretch> speech) {
    /** Copies the stretches. */
    Labelled {
      speech = List.copyOf(speech);
    }
  }

  /**
   * Reads a directory.
   *
   * @param directory with {@code labels.json}, the files that it names, and {@code replies}
   * @return what it holds
   */
  static SpeechFiles read(Path directory) {
    List<Labelled> sounds = new ArrayList<>();
    List<float[]> replies = new ArrayList<>();
    Path labels = directory.resolve("labels.json");
    try (Stream<Path> spoken = Files.list(directory.resolve("replies"))) {
      for (Map.Entry<String, JsonNode> file :
          new ObjectMapper().readTree(labels.toFile()).properties()) {
        List<Stretch> speech = new ArrayList<>();
        file.getValue()
            .path("speech")
            .forEach(pair -> speech.add(new Stretch(pair.get(0).asLong(), pair.get(1).asLong())));
        float[] samples = samples(directory.resolve(file.getKey()));
        sounds.add(new Labelled(file.getKey(), samples, speech));
      }
      spoken.sorted().forEach(reply -> replies.add(samples(reply)));
    } catch (IOException e) {
      throw new InvalidRequestException(
          directory
              + " holds no labelled speech ("
              + e
              + "); it needs labels.json, the sounds that it names, and a folder replies",
          e);
    }
    return new SpeechFiles(sounds, replies);
  }

  private static float[] samples(Path file) {
    return AudioFile.decode(MediaSource.of(file), RATE_HZ, LONGEST_SECONDS).samples().values();
  }
}
