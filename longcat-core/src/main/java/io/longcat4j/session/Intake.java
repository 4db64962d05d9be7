package io.longcat4j.session;

import io.longcat4j.Conversation;
import io.longcat4j.Part;
import java.util.Optional;

/** What a person says and shows in a turn, on its way into the question. Not thread-safe. */
interface Intake {
  /**
   * A turn begins.
   *
   * @param watching whether pictures are to be expected
   */
  void begin(boolean watching);

  /**
   * Goes on with the sound.
   *
   * @param atSample where the samples are, counted from the first of the session
   */
  void hear(Conversation conversation, float[] samples, long atSample);

  /**
   * Goes on with the pictures.
   *
   * @return whether the frame is looked at
   */
  boolean see(Conversation conversation, SeenFrame frame);

  /** What of the turn is not in the conversation, nor in forks of it. */
  Optional<Part> rest();

  /** All of the turn is in the question now. */
  void end(Conversation conversation);

  /** The turn is not wanted any more, or another conversation has it. */
  void forget();
}
