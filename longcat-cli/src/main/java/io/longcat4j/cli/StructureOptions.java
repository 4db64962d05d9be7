package io.longcat4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a reply has to be. */
final class StructureOptions {
  private static final int MOST_BYTES = 8 << 20;

  @Option(names = "--json", description = "Reply with a JSON document.")
  private boolean json;

  @Option(
      names = "--json-schema",
      paramLabel = "FILE.json",
      description = "Reply with a JSON document that satisfies this JSON Schema.")
  private Optional<Path> schema = Optional.empty();

  @Option(
      names = "--tools",
      paramLabel = "FILE.json",
      description =
          "What the model may ask to have called: a list of objects with name, description and"
              + " parameters (a JSON Schema), or of OpenAI's form. Calls are printed, not made.")
  private Optional<Path> tools = Optional.empty();

  /** The same generation, for such a reply. */
  Generation applyTo(Generation generation) {
    if (json && schema.isPresent()) {
      throw new InvalidRequestException("--json and --json-schema were both given; give one");
    }
    if (schema.isPresent()) {
      return generation.toBuilder().jsonSchema(read("--json-schema", schema.get())).build();
    }
    return json ? generation.toBuilder().json().build() : generation;
  }

  /** What may be called. */
  Tool[] tools() {
    if (tools.isEmpty()) {
      return new Tool[0];
    }
    Path file = tools.get();
    try {
      JsonNode list = new ObjectMapper().readTree(read("--tools", file));
      if (!list.isArray() || list.isEmpty()) {
        throw bad(file, "holds no list of tools");
      }
      List<Tool> found = new ArrayList<>();
      list.forEach(entry -> found.add(tool(file, entry)));
      return found.toArray(new Tool[0]);
    } catch (JsonProcessingException e) {
      throw bad(file, "is no JSON (" + e.getOriginalMessage() + ")");
    }
  }

  private static Tool tool(Path file, JsonNode entry) {
    JsonNode function = entry.path("function").isObject() ? entry.path("function") : entry;
    JsonNode name = function.path("name");
    if (!name.isTextual()) {
      throw bad(file, "holds a tool without a name");
    }
    String description = function.path("description").asText("");
    JsonNode parameters = function.path("parameters");
    return parameters.isObject()
        ? new Tool(name.asText(), description, parameters.toString())
        : Tool.of(name.asText(), description);
  }

  private static String read(String option, Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new InvalidRequestException(option + " " + file + " has more than 8 MiB");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InvalidRequestException(option + " " + file + " cannot be read (" + e + ")", e);
    }
  }

  private static InvalidRequestException bad(Path file, String what) {
    return new InvalidRequestException(
        "--tools "
            + file
            + " "
            + what
            + "; write [{\"name\": ..., \"description\": ..., \"parameters\": {...}}]");
  }
}
