package io.longcat4j.session;

/** What may happen to a session. */
enum Signal {
  /** A sound that may become speech. */
  CANDIDATE,
  /** It did not. */
  FALSE_START,
  /** It did. */
  BEGAN,
  /** Silence within speech. */
  PAUSED,
  /** It has lasted long enough for a reply to be begun on suspicion. */
  SILENT_A_WHILE,
  /** Speech again. */
  WENT_ON,
  /** The silence was long enough to end the turn. */
  ENDED,
  /** The application ends the turn. */
  COMMIT,
  /** The application wants the question answered. */
  RESPOND,
  /** The application says something in writing. */
  SAY,
  /** The application adds to the question. */
  ADD,
  /** All calls of the last reply have their results. */
  RESULTS,
  /** The application forgets what is being said. */
  CLEAR,
  /** The application cuts the reply off. */
  INTERRUPT,
  /** The reply has come to its end, or failed. */
  DONE,
  /** The sound of the reply has been played to its end. */
  HEARD
}
