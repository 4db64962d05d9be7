package io.longcat4j.session;

/** Where a session stands. */
enum Phase {
  /** Nobody speaks, and all of the last reply was heard. */
  LISTENING,
  /** The person speaks. */
  SPEAKING,
  /** The person is silent, and it is not certain that they have ended. */
  PAUSING,
  /** A reply is being made. */
  REPLYING,
  /** A reply has been made, and its sound is still being played. */
  PLAYING
}
