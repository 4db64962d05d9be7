package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the ids that end a text: those of {@code config.json}, then those that {@code
 * generation_config.json} has beside them.
 */
final class EndOfTextReader {
  private static final String KEY = "eos_token_id";
  private static final String GENERATION = "generation_config.json";
  private static final EndOfText PUBLISHED = EndOfText.of(2);

  private EndOfTextReader() {}

  /**
   * Reads both files; the second may be missing.
   *
   * @param config the contents of {@code config.json}
   * @param directory of the checkpoint
   * @param vocabulary upper bound of the ids, exclusive
   * @return all ids, the one of {@code config.json} that comes first in front
   * @throws CheckpointException if an id is none of the vocabulary; the message names the file
   */
  static EndOfText read(ConfigFile config, Path directory, int vocabulary) {
    EndOfText ids = ids(config, vocabulary);
    Path generation = directory.resolve(GENERATION);
    if (Files.exists(generation)) {
      ids = ids.and(ids(ConfigFile.json(generation), vocabulary));
    }
    return ids.equals(EndOfText.never()) ? PUBLISHED : ids;
  }

  static EndOfText ids(ConfigFile config, int vocabulary) {
    if (!config.has(KEY)) {
      return EndOfText.never();
    }
    boolean several = config.find(KEY).orElseThrow() instanceof List<?>;
    List<Integer> ids = several ? config.requireInts(KEY) : List.of(config.requireInt(KEY));
    if (ids.isEmpty()) {
      throw config.refuse(KEY, "expected at least one id");
    }
    if (ids.stream().anyMatch(id -> id < 0 || id >= vocabulary)) {
      throw config.refuse(KEY, "expected ids below the vocab_size of " + vocabulary);
    }
    return EndOfText.of(ids.stream().mapToInt(Integer::intValue).toArray());
  }
}
