package io.longcat4j.cli.demo;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.messages.ConversationReader;
import io.longcat4j.messages.MediaFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads a JSON file of named conversations in the published demo's message format. */
public final class DemoFile {
  private static final Pattern FILE_NAME = Pattern.compile("[^/\\\\:*?\"<>|\\p{Cntrl}]+");

  private DemoFile() {}

  /**
   * Reads all cases. A case that cannot be understood does not hide the others.
   *
   * @param file the JSON file; media are looked for relative to its folder, then relative to the
   *     working directory
   * @return the cases in the file's order, at least one
   * @throws InvalidRequestException if the file is not a JSON object of conversations
   */
  public static List<DemoCase> read(Path file) {
    JsonNode root = parse(file);
    if (!root.isObject() || root.isEmpty()) {
      throw new InvalidRequestException(
          file
              + ": expected an object of named conversations, {\"NAME\": [{\"role\": ...,"
              + " \"content\": [...]}]}; see samples/media/demo.json");
    }
    ConversationReader reader = new ConversationReader(MediaFiles.beside(file));
    List<DemoCase> cases = new ArrayList<>();
    root.forEachEntry((name, conversation) -> cases.add(readCase(reader, name, conversation)));
    return cases;
  }

  private static DemoCase readCase(ConversationReader reader, String name, JsonNode conversation) {
    try {
      if (!FILE_NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
        throw new InvalidRequestException(
            "case '" + name + "': the name becomes a file name; use letters, digits, - and _");
      }
      return DemoCase.readable(name, reader.read("case " + name, conversation));
    } catch (LongCatException e) {
      return DemoCase.unreadable(name, e);
    }
  }

  private static JsonNode parse(Path file) {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    try {
      return mapper.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new InvalidRequestException(
          file
              + ", line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
              + ": not valid JSON: "
              + e.getOriginalMessage(),
          e);
    } catch (IOException e) {
      throw new InvalidRequestException(
          file + ": cannot be read (" + e + "); pass a JSON file of named conversations", e);
    }
  }
}
