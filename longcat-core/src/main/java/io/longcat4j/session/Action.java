package io.longcat4j.session;

/** What a session does, in order, when something happens to it. */
enum Action {
  /** Stops the loudspeaker for the time being. */
  HOLD,
  /** Lets the loudspeaker go on. */
  RELEASE,
  /** Counts a sound that was no speech. */
  COUNT,
  /** Cuts the reply to what was heard of it. */
  CUT,
  /** Tells that the person has begun. */
  START,
  /** Has the model listen. */
  LISTEN,
  /** Begins a reply that may be thrown away. */
  SPECULATE,
  /** Throws it away. */
  DISCARD,
  /** Tells that the person's turn is over. */
  STOP,
  /** Tells that what the person said is forgotten, and forgets it. */
  FORGET,
  /** Adds to the question. */
  APPEND,
  /** Remembers what is to be added when the reply has ended. */
  DEFER,
  /** Has the question answered, by the reply that was begun already if there is one. */
  ASK,
  /** Tells that the reply has ended. */
  FINISH
}
