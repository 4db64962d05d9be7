package io.longcat4j.evaluate;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.messages.ConversationReader;
import io.longcat4j.messages.Fields;
import io.longcat4j.messages.MediaFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a test set line by line; knows where each thing stands. */
final class TestSetReader {
  private static final Set<String> KEYS =
      Set.of("id", "task", "kind", "measure", "messages", "answer");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private final JsonMapper mapper =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private final Map<String, Integer> lineOfId = new HashMap<>();
  private final Path file;
  private final ConversationReader conversations;

  TestSetReader(Path file) {
    this.file = file;
    this.conversations = new ConversationReader(MediaFiles.beside(file));
  }

  List<TestItem> read() {
    List<String> lines = lines();
    List<TestItem> items = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      items.add(item(i + 1, lines.get(i)));
    }
    if (items.isEmpty()) {
      throw new InvalidRequestException(file + ": has no line; write one item on each line");
    }
    return items;
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new InvalidRequestException(
          file + ": cannot be read as UTF-8 text (" + e + "); pass a file of JSON lines", e);
    }
  }

  private TestItem item(int line, String text) {
    String place = file + ", line " + line;
    Fields fields = Fields.of(place, parse(place, text)).allowOnly(KEYS);
    String id = name(fields, "id");
    Integer before = lineOfId.putIfAbsent(id, line);
    if (before != null) {
      throw new InvalidRequestException(
          place + ": the id '" + id + "' is that of line " + before + " too; give each its own");
    }
    String task = name(fields, "task");
    return new TestItem(
        id,
        task,
        fields.find("kind").isPresent() ? fields.text("kind") : task,
        measure(fields),
        conversations.read(place, fields.require("messages")),
        fields.text("answer"));
  }

  private JsonNode parse(String place, String text) {
    if (text.isBlank()) {
      throw new InvalidRequestException(place + ": is empty; remove it");
    }
    try {
      return mapper.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InvalidRequestException(
          place + ": not valid JSON: " + e.getOriginalMessage() + "; write one object a line", e);
    }
  }

  private static String name(Fields fields, String key) {
    String name = fields.text(key);
    if (!NAME.matcher(name).matches()) {
      throw fields.wrong(key, "a name of letters, digits, dots, - and _", fields.require(key));
    }
    return name;
  }

  private static Measure measure(Fields fields) {
    if (fields.find("measure").isEmpty()) {
      return Measure.EXACT;
    }
    return switch (fields.text("measure")) {
      case "exact" -> Measure.EXACT;
      case "words" -> Measure.WORDS;
      default -> throw fields.wrong("measure", "\"exact\" or \"words\"", fields.require("measure"));
    };
  }
}
