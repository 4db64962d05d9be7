package io.longcat4j;

import java.util.Objects;

/**
 * A function that the model may ask the application to call.
 *
 * @param name what the model calls it by
 * @param description what it does and when to use it, for the model to read
 * @param parameters JSON Schema of its arguments, an object, for the model to read
 */
public record Tool(String name, String description, String parameters) {
  /** Checks the components. */
  public Tool {
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(parameters, "parameters");
    if (name.isBlank()) {
      throw new InvalidRequestException("A tool without a name was given; name it");
    }
  }

  /**
   * A function without arguments.
   *
   * @param name what the model calls it by
   * @param description what it does
   * @return the tool
   */
  public static Tool of(String name, String description) {
    return new Tool(name, description, "{\"type\": \"object\", \"properties\": {}}");
  }
}
