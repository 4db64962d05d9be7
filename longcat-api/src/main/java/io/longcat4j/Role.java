package io.longcat4j;

/** Who speaks in a {@link Message}. */
public enum Role {
  /** Instructions that hold for the whole conversation; text only. */
  SYSTEM,
  /** The person who asks; any part. */
  USER,
  /** What the model answered earlier; text and tool calls. */
  ASSISTANT,
  /** What a tool answered to a {@link ToolCall} of the message before; text only. */
  TOOL
}
