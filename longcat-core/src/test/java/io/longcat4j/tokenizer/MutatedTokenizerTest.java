package io.longcat4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.LongCatException;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated files and texts end in ids or in an error of the library's own, and soon: 2,500 files and
 * four texts for each in an ordinary run, 500,000 in the nightly one.
 */
@Tag("once")
class MutatedTokenizerTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final boolean NIGHTLY = Boolean.getBoolean("longcat.nightly");
  private static final int MUTATIONS = NIGHTLY ? 500_000 : 2_500;

  /** Of this thread's own work, whatever else the machine does. */
  private static final long LONGEST_NANOS = 2_000_000_000L;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final String[] VALUES = {
    "null",
    "true",
    "false",
    "0",
    "-1",
    "5",
    "2147483647",
    "99999999999999999999",
    "1e999",
    "\"\"",
    "\"a\"",
    "\" \"",
    "\"\\ud800\"",
    "\"\u0120a\"",
    "[]",
    "{}",
    "[null]",
    "[[\"a\", \"b\"]]",
    "{\"a\": 1}",
    "{\"type\": \"Sequence\"}",
    "{\"type\": \"ByteLevel\"}",
    "{\"type\": \"NFKD\"}",
    "{\"type\": \"Digits\", \"individual_digits\": true}",
    "{\"type\": \"Prepend\", \"prepend\": \"\"}",
    "{\"type\": \"Replace\", \"pattern\": {\"String\": \"\"}, \"content\": \"ab\"}",
    "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"\"}, \"behavior\": \"Removed\"}",
    "{\"type\": \"Whitespace\"}",
    "{\"content\": \"<s>\", \"lstrip\": true, \"rstrip\": true}",
    "[\"<s>\", \"e\", {\"__type\": \"AddedToken\", \"content\": \" \"}]"
  };

  private static final String[] PATTERN_PARTS = {
    "(",
    ")",
    "[",
    "]",
    "^",
    "$",
    "|",
    "*",
    "+",
    "?",
    "{2}",
    "{,3}",
    "{2,}",
    "{9",
    "}",
    "\\",
    "\\p",
    "\\p{L}",
    "\\P{^N}",
    "\\s",
    "\\S",
    "\\w",
    "\\b",
    "\\x{41}",
    "\\x{FFFFFFFF}",
    "\\u",
    "\\u00e9",
    "(?:",
    "(?i:",
    "(?=",
    "(?!",
    "(?<=",
    "(?<!",
    "(?>",
    "(?<n>",
    "(?#",
    "a",
    "b",
    "\u00e9",
    " ",
    ".",
    "-",
    "&&",
    "[:",
    "[^",
    ",",
    "\ud800",
    "\\h",
    "\\z",
    "\\A"
  };

  private static final String[] TEXT_PARTS = {
    "a",
    "abc",
    " ",
    "\n",
    "  \n ",
    "the",
    "\u0e01",
    "\u4e2d",
    "\ud83d\ude00",
    "\ud800",
    "\udc00",
    "\u0000",
    "</longcat_s>",
    "<s>",
    "7",
    "'s",
    "\u0301",
    "\u00a0",
    ".",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  };

  @TempDir Path folder;
  private final List<ObjectNode> bases = new ArrayList<>();

  @BeforeEach
  void readBases() throws IOException {
    ObjectNode whole =
        (ObjectNode) MAPPER.readTree(TestData.bf16().resolve("tokenizer.json").toFile());
    ObjectNode model = (ObjectNode) whole.get("model");
    ArrayNode merges = MAPPER.createArrayNode();
    ObjectNode vocab = MAPPER.createObjectNode();
    for (Map.Entry<String, JsonNode> each : model.get("vocab").properties()) {
      if (each.getKey().length() == 1) {
        vocab.set(each.getKey(), each.getValue());
      }
    }
    for (int i = 0; i < 20; i++) {
      JsonNode merge = model.get("merges").get(i);
      String merged =
          String.join("", merge.isTextual() ? merge.textValue().split(" ", 2) : parts(merge));
      merges.add(merge);
      vocab.set(merged, model.get("vocab").get(merged));
    }
    model.set("merges", merges);
    model.set("vocab", vocab);
    JsonNode variants;
    Path recorded = TestData.file("tokenizer").resolve("variants.json.gz");
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(recorded))) {
      variants = MAPPER.readTree(in).get("variants");
    }
    for (JsonNode variant : variants) {
      ObjectNode base = whole.deepCopy();
      variant
          .get("overlay")
          .properties()
          .forEach(
              each -> {
                if (!each.getKey().equals("model")) {
                  base.set(each.getKey(), each.getValue());
                }
              });
      bases.add(base);
    }
  }

  private static String[] parts(JsonNode merge) {
    return new String[] {merge.get(0).textValue(), merge.get(1).textValue()};
  }

  @Test
  @Timeout(7200)
  void mutations_end_in_ids_or_in_an_error_of_the_library() throws IOException {
    int opened = 0;
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      long seed = 1_000_003L * i + 7;
      long start = THREADS.getCurrentThreadCpuTime();
      try {
        use(new Random(seed));
        opened++;
      } catch (LongCatException e) {
        assertThat(e.getMessage()).isNotBlank();
        refused++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError("mutation of seed " + seed + " ends in " + e, e);
      }
      assertThat(THREADS.getCurrentThreadCpuTime() - start)
          .as("time of seed %s", seed)
          .isLessThan(LONGEST_NANOS);
    }
    assertThat(opened).isGreaterThan(MUTATIONS / 5);
    assertThat(refused).isGreaterThan(MUTATIONS / 5);
  }

  private void use(Random random) throws IOException {
    write(random);
    Tokenizer tokenizer = Tokenizer.open(folder);
    Tokenizer plain = tokenizer.asPlainText(1, 2);
    for (int i = 0; i < 4; i++) {
      String text = some(random, TEXT_PARTS, 12);
      int[] ids = tokenizer.encode(text);
      tokenizer.decode(ids);
      plain.encode(text);
      tokenizer.decode(random.nextInt(), random.nextInt(700), -1);
    }
    tokenizer.vocabSize();
    tokenizer.idBound();
  }

  private void write(Random random) throws IOException {
    ObjectNode base = bases.get(random.nextInt(bases.size()));
    JsonNode file = base;
    int kind = random.nextInt(8);
    if (kind < 4) {
      file = base.deepCopy();
      for (int i = random.nextInt(3); i >= 0; i--) {
        mutate(file, random);
      }
    } else if (kind < 6) {
      file = withPattern(base, random);
    }
    byte[] bytes = MAPPER.writeValueAsBytes(file);
    if (kind == 6) {
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      bytes =
          random.nextBoolean()
              ? bytes
              : java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    Files.write(folder.resolve("tokenizer.json"), bytes);
    Path config = folder.resolve("tokenizer_config.json");
    Files.deleteIfExists(config);
    if (kind == 7 || random.nextInt(4) == 0) {
      Files.writeString(config, config(random), StandardCharsets.UTF_8);
    }
  }

  private static JsonNode withPattern(ObjectNode base, Random random) {
    ObjectNode file = base.deepCopy();
    ObjectNode split = MAPPER.createObjectNode().put("type", "Split");
    split.put("behavior", random.nextBoolean() ? "Isolated" : "MergedWithNext");
    split.putObject("pattern").put("Regex", some(random, PATTERN_PARTS, 9));
    ArrayNode steps = MAPPER.createArrayNode().add(split).add(base.path("pre_tokenizer"));
    file.set(
        "pre_tokenizer",
        MAPPER.createObjectNode().put("type", "Sequence").set("pretokenizers", steps));
    return file;
  }

  private static String config(Random random) {
    String[] keys = {
      "eos_token",
      "image_token",
      "add_eos_token",
      "additional_special_tokens",
      "_token",
      "extra_special_tokens",
      "model_specific_special_tokens",
      "added_tokens_decoder"
    };
    StringBuilder json = new StringBuilder("{");
    for (int i = random.nextInt(4); i >= 0; i--) {
      String key = keys[random.nextInt(keys.length)];
      json.append("\"").append(key).append("\": ").append(value(random)).append(i > 0 ? ", " : "");
    }
    int depth = random.nextInt(20) == 0 ? 3000 : 0;
    json.append(", \"deep\": ").append("[".repeat(depth)).append(1).append("]".repeat(depth));
    String whole = json.append("}").toString();
    return random.nextInt(5) == 0 ? whole.substring(random.nextInt(whole.length())) : whole;
  }

  private static String value(Random random) {
    if (random.nextInt(12) == 0) {
      int depth = 1 + random.nextInt(200);
      return "[".repeat(depth) + "]".repeat(depth);
    }
    if (random.nextInt(6) == 0) {
      return "{\"" + random.nextInt(700) + "\": " + VALUES[random.nextInt(VALUES.length)] + "}";
    }
    return VALUES[random.nextInt(VALUES.length)];
  }

  private static String some(Random random, String[] parts, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  /** Walks down some way, then replaces, removes or repeats what is there. */
  private static void mutate(JsonNode root, Random random) throws JsonProcessingException {
    JsonNode at = root;
    while (true) {
      int size = at.size();
      int index = size == 0 ? 0 : random.nextInt(size);
      JsonNode child = size == 0 ? null : child(at, index);
      if (child instanceof ContainerNode<?> && child.size() > 0 && random.nextInt(4) > 0) {
        at = child;
        continue;
      }
      JsonNode value = replacement(child, random);
      if (at instanceof ArrayNode array) {
        change(array, index, value, random);
      } else if (at instanceof ObjectNode object && size > 0) {
        change(object, key(object, index), value, random);
      }
      return;
    }
  }

  private static JsonNode replacement(
      @org.jspecify.annotations.Nullable JsonNode of, Random random) {
    try {
      if (of != null && random.nextInt(4) == 0) {
        return of;
      }
      return MAPPER.readTree(value(random));
    } catch (JsonProcessingException e) {
      return MAPPER.nullNode();
    }
  }

  private static void change(ArrayNode array, int index, JsonNode value, Random random) {
    if (array.isEmpty() || random.nextInt(3) == 0) {
      array.insert(index, value);
    } else if (random.nextBoolean()) {
      array.remove(index);
    } else {
      array.set(index, value);
    }
  }

  private static void change(ObjectNode object, String key, JsonNode value, Random random) {
    switch (random.nextInt(4)) {
      case 0 -> object.remove(key);
      case 1 -> object.set(key + "x", value);
      default -> object.set(key, value);
    }
  }

  private static JsonNode child(JsonNode node, int index) {
    return node instanceof ObjectNode object ? object.get(key(object, index)) : node.get(index);
  }

  private static String key(ObjectNode object, int index) {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys.get(index);
  }
}
