package io.longcat4j;

/** Who speaks in a {@link Message}. */
public enum Role {
  /** Instructions that hold for the whole conversation; text only. */
  SYSTEM,
  /** The person who asks; any part. */
  USER,
  /** What the model answered earlier; text only. */
  ASSISTANT
}
