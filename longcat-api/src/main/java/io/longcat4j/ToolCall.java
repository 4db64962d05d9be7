package io.longcat4j;

import java.util.Objects;

/**
 * The model's wish to have a {@link Tool} called. As a part of an {@link Role#ASSISTANT} message it
 * tells what the model asked for earlier; as an {@link Event} what it asks for now.
 *
 * <p>Name and arguments are the model's: a call may name no tool of the prompt, and its arguments
 * need not satisfy the tool's schema.
 *
 * @param id tells the calls of a reply apart, for the application; the model does not read it
 * @param name of the tool
 * @param arguments a JSON object
 */
public record ToolCall(String id, String name, String arguments)
    implements Part, Event, SessionEvent {
  /** Checks the components. */
  public ToolCall {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(arguments, "arguments");
  }
}
