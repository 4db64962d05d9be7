package io.longcat4j.langchain4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import io.longcat4j.Tool;
import java.util.List;
import java.util.Objects;

/** JSON Schemas as the model reads them. */
final class Schemas {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Schemas() {}

  static String json(JsonSchemaElement schema) {
    return schema instanceof JsonRawSchema raw
        ? raw.schema()
        : write(JSON.valueToTree(JsonSchemaElementUtils.toMap(schema)));
  }

  static Tool tool(ToolSpecification tool) {
    String description = Objects.requireNonNullElse(tool.description(), "");
    return tool.parameters() == null
        ? Tool.of(tool.name(), description)
        : new Tool(tool.name(), description, json(tool.parameters()));
  }

  /** What a reply must be where it has to call a tool: the call as JSON. */
  static String callOfOneOf(List<Tool> tools) {
    ObjectNode schema = JSON.createObjectNode();
    var cases = schema.putArray("anyOf");
    for (Tool tool : tools) {
      ObjectNode call = cases.addObject().put("type", "object").put("additionalProperties", false);
      call.putArray("required").add("name").add("arguments");
      ObjectNode properties = call.putObject("properties");
      properties.putObject("name").put("const", tool.name());
      properties.set("arguments", read(tool.parameters()));
    }
    return write(schema);
  }

  /** The call that such a reply is. */
  static ToolExecutionRequest call(String id, String text) {
    JsonNode call = read(text);
    return ToolExecutionRequest.builder()
        .id(id)
        .name(call.path("name").asText())
        .arguments(write(call.path("arguments")))
        .build();
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InvalidRequestException("This is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String write(JsonNode node) {
    return node.toString();
  }
}
