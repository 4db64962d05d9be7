package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.BitSet;

/**
 * A tokenizer for a vocabulary larger than its own: all other ids get a word each, so that every
 * step of a random model is text. Texts are encoded as before.
 *
 * @param from directory of the tokenizer
 * @param vocabulary ids of the model
 */
record FilledTokenizer(Path from, int vocabulary) {
  private static final String FILE = "tokenizer.json";
  private static final String CONFIG = "tokenizer_config.json";

  /** A blank, in the alphabet of byte-level BPE. */
  private static final String BLANK = "\u0120";

  /** Whether a directory has a tokenizer. */
  static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  /** Writes both files; what is there is replaced. */
  void write(Path directory) throws IOException {
    JsonMapper mapper = JsonMapper.builder().build();
    JsonNode tokenizer = mapper.readTree(from.resolve(FILE).toFile());
    fill(tokenizer);
    Files.copy(
        from.resolve(CONFIG), directory.resolve(CONFIG), StandardCopyOption.REPLACE_EXISTING);
    mapper.writeValue(directory.resolve(FILE).toFile(), tokenizer);
  }

  private void fill(JsonNode tokenizer) {
    ObjectNode words = (ObjectNode) tokenizer.required("model").required("vocab");
    BitSet known = new BitSet();
    words.forEach(id -> known.set(id.asInt()));
    tokenizer.path("added_tokens").forEach(token -> known.set(token.required("id").asInt()));
    for (int id = known.nextClearBit(0); id < vocabulary; id = known.nextClearBit(id + 1)) {
      if (!words.has(BLANK + id)) {
        words.put(BLANK + id, id);
      }
    }
  }
}
