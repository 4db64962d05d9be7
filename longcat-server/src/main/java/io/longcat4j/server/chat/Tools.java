package io.longcat4j.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Tool;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Fields;
import io.longcat4j.server.wire.Json;
import java.util.List;
import java.util.Optional;

/**
 * The tools of a request, and whether one must be called.
 *
 * @param declared what the model is told of
 * @param forcedSchema what the reply must be where a call is asked for: the call as JSON, because
 *     nothing else makes a model call; empty where it may choose
 */
public record Tools(List<Tool> declared, Optional<String> forcedSchema) {
  private static final String CHOICE = "tool_choice";

  /** Copies the list. */
  public Tools {
    declared = List.copyOf(declared);
  }

  /**
   * Reads {@code tools} and {@code tool_choice}.
   *
   * @param fields of the request
   * @return the tools
   */
  public static Tools read(Fields fields) {
    List<Tool> all = fields.list("tools", Tools::tool);
    JsonNode choice = fields.value(CHOICE).orElse(null);
    if (choice == null || choice.isTextual()) {
      return chosen(all, fields.word(CHOICE, "none", "auto", "required").orElse("auto"), fields);
    }
    Fields named = Fields.of(choice, fields.at(CHOICE));
    Optional<String> kind = named.word("type", "function");
    String name =
        named
            .object("function")
            .map(inner -> inner.requireText("name"))
            .orElseGet(() -> named.requireText("name"));
    List<Tool> one = all.stream().filter(tool -> tool.name().equals(name)).toList();
    if (kind.isEmpty() || one.isEmpty()) {
      throw ApiException.invalid(
          fields.at(CHOICE), "Tool choice '" + name + "' is not among the tools of the request");
    }
    return new Tools(one, Optional.of(schema(one)));
  }

  private static Tools chosen(List<Tool> all, String choice, Fields fields) {
    if (choice.equals("required") && all.isEmpty()) {
      throw ApiException.invalid(
          fields.at(CHOICE), "A call is required, but the request has no tools");
    }
    return switch (choice) {
      case "none" -> new Tools(List.of(), Optional.empty());
      case "required" -> new Tools(all, Optional.of(schema(all)));
      default -> new Tools(all, Optional.empty());
    };
  }

  /** A tool as chat completions nest it, or flat as realtime sessions do. */
  private static Tool tool(JsonNode value, String place) {
    Fields outer = Fields.of(value, place);
    if (outer.word("type", "function").isEmpty()) {
      throw outer.missing("type");
    }
    Fields function = outer.object("function").orElse(outer);
    String name = function.requireText("name");
    String description = function.text("description").orElse("");
    return function
        .object("parameters")
        .map(schema -> new Tool(name, description, Json.write(schema.node())))
        .orElseGet(() -> Tool.of(name, description));
  }

  private static String schema(List<Tool> tools) {
    ArrayNode cases = Json.array();
    for (Tool tool : tools) {
      ObjectNode call = Json.object().put("type", "object").put("additionalProperties", false);
      call.putArray("required").add("name").add("arguments");
      ObjectNode properties = call.putObject("properties");
      properties.putObject("name").put("const", tool.name());
      properties.set("arguments", Json.read(tool.parameters()));
      cases.add(call);
    }
    ObjectNode schema = Json.object();
    schema.set("anyOf", cases);
    return Json.write(schema);
  }
}
