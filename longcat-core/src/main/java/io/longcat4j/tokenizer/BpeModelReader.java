package io.longcat4j.tokenizer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Streams the {@code model} of a {@code tokenizer.json}. Used once. */
final class BpeModelReader {
  private final TokenizerSection section;
  private final JsonParser parser;

  private @Nullable Map<String, Integer> idByToken;
  private @Nullable List<String> mergeParts;
  private @Nullable String unknownToken;
  private String continuingPrefix = "";
  private String endSuffix = "";
  private boolean fuseUnknown;
  private boolean byteFallback;
  private boolean ignoreMerges;

  BpeModelReader(TokenizerSection section, JsonParser parser) {
    this.section = section;
    this.parser = parser;
  }

  /** Reads from the opening brace to the closing one. */
  BpeModel read() throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw section.invalid("an object is expected");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      member(key);
    }
    if (idByToken == null || mergeParts == null) {
      throw section.invalid((idByToken == null ? "vocab" : "merges") + " is missing");
    }
    Vocabulary vocabulary = new Vocabulary(idByToken);
    if (unknownToken != null && vocabulary.idOf(unknownToken) == Vocabulary.ABSENT) {
      throw section.invalid("the unk_token " + unknownToken + " is not in vocab");
    }
    return new BpeModel(vocabulary, merges(vocabulary, mergeParts), options(), Set.of());
  }

  /** Dropout is for training only and is passed over, as are keys of other models. */
  private void member(String key) throws IOException {
    switch (key) {
      case "type" -> {
        if (!"BPE".equals(parser.getText())) {
          throw section.unsupported("type " + parser.getText(), "BPE");
        }
      }
      case "unk_token" -> unknownToken = text(key);
      case "continuing_subword_prefix" -> continuingPrefix = Objects.toString(text(key), "");
      case "end_of_word_suffix" -> endSuffix = Objects.toString(text(key), "");
      case "fuse_unk" -> fuseUnknown = flag(key);
      case "byte_fallback" -> byteFallback = flag(key);
      case "ignore_merges" -> ignoreMerges = flag(key);
      case "vocab" -> idByToken = vocabulary();
      case "merges" -> mergeParts = mergeParts();
      default -> parser.skipChildren();
    }
  }

  private @Nullable String text(String key) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> parser.getText();
      default -> throw section.invalid(key + " is no string");
    };
  }

  private boolean flag(String key) {
    return switch (parser.currentToken()) {
      case VALUE_NULL, VALUE_FALSE -> false;
      case VALUE_TRUE -> true;
      default -> throw section.invalid(key + " is neither true nor false");
    };
  }

  private Map<String, Integer> vocabulary() throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw section.invalid("vocab is not an object");
    }
    Map<String, Integer> result = new HashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String token = parser.currentName();
      int id = parser.nextToken() == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : -1;
      if (id < 0 || id == Integer.MAX_VALUE) {
        throw section.invalid("vocab gives " + token + " no id from 0 to 2147483646");
      }
      result.put(token, id);
    }
    return result;
  }

  private List<String> mergeParts() throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw section.invalid("merges is not a list");
    }
    List<String> parts = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        addLine(parser.getText(), parts);
      } else {
        addPair(parts);
      }
    }
    return parts;
  }

  private void addLine(String line, List<String> parts) {
    if (line.startsWith("#version")) {
      return;
    }
    int space = line.indexOf(' ');
    if (space < 0 || line.indexOf(' ', space + 1) >= 0) {
      throw badMerge(parts, line);
    }
    parts.add(line.substring(0, space));
    parts.add(line.substring(space + 1));
  }

  private void addPair(List<String> parts) throws IOException {
    boolean list = parser.currentToken() == JsonToken.START_ARRAY;
    String left = list ? parser.nextTextValue() : null;
    String right = list ? parser.nextTextValue() : null;
    if (left == null || right == null || parser.nextToken() != JsonToken.END_ARRAY) {
      throw badMerge(parts, left + ", " + right);
    }
    parts.add(left);
    parts.add(right);
  }

  private MergeTable merges(Vocabulary vocabulary, List<String> parts) {
    int count = parts.size() / 2;
    int[] left = new int[count];
    int[] right = new int[count];
    int[] merged = new int[count];
    for (int rank = 0; rank < count; rank++) {
      String first = parts.get(2 * rank);
      String second = parts.get(2 * rank + 1);
      left[rank] = known(vocabulary, first, rank);
      right[rank] = known(vocabulary, second, rank);
      String rest =
          second.startsWith(continuingPrefix)
              ? second.substring(continuingPrefix.length())
              : second;
      merged[rank] = known(vocabulary, first + rest, rank);
    }
    return new MergeTable(left, right, merged);
  }

  private int known(Vocabulary vocabulary, String token, int rank) {
    int id = vocabulary.idOf(token);
    if (id == Vocabulary.ABSENT) {
      throw section.invalid("merge " + rank + " needs the token " + token + ", not in vocab");
    }
    return id;
  }

  private BpeModel.Options options() {
    return new BpeModel.Options(
        unknownToken, fuseUnknown, byteFallback, ignoreMerges, continuingPrefix, endSuffix);
  }

  private RuntimeException badMerge(List<String> parts, String found) {
    return section.invalid(
        "merge " + parts.size() / 2 + " is " + found + " where two tokens are expected");
  }
}
