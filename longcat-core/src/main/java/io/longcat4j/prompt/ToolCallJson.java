package io.longcat4j.prompt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.longcat4j.ToolCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** The JSON between the tags of a tool call. */
final class ToolCallJson {
  private static final JsonFactory JSON = new JsonFactory();

  private ToolCallJson() {}

  /** What is wrong with a call. */
  static final class MalformedCallException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedCallException(String message) {
      super(message);
    }
  }

  /** Reads a call; its arguments keep the characters they were written with. */
  static ToolCall parse(String id, String json) throws MalformedCallException {
    String name = null;
    String arguments = null;
    try (JsonParser parser = JSON.createParser(json)) {
      require(parser.nextToken() == JsonToken.START_OBJECT, "it is no JSON object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (field.equals("name")) {
          require(value == JsonToken.VALUE_STRING, "its name is no string");
          name = parser.getText();
        } else if (field.equals("arguments")) {
          require(value == JsonToken.START_OBJECT, "its arguments are no object");
          arguments = rawValue(parser, json);
        } else {
          parser.skipChildren();
        }
      }
      require(parser.nextToken() == null, "more follows its JSON object");
    } catch (JsonProcessingException e) {
      throw new MalformedCallException("its JSON is broken, " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ToolCall(id, given(name, "name"), given(arguments, "arguments"));
  }

  private static String rawValue(JsonParser parser, String json) throws IOException {
    int start = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    parser.skipChildren();
    int end = Math.toIntExact(parser.currentLocation().getCharOffset());
    return json.substring(start, end);
  }

  private static String given(@Nullable String value, String field) throws MalformedCallException {
    if (value == null || value.isEmpty()) {
      throw new MalformedCallException("it has no " + field);
    }
    return value;
  }

  private static void require(boolean holds, String otherwise) throws MalformedCallException {
    if (!holds) {
      throw new MalformedCallException(otherwise);
    }
  }
}
