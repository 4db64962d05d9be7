package io.longcat4j.benchmarks;

import io.longcat4j.TurnDetection;

/** A session with who speaks and who listens, however it is reached. Used by one thread. */
interface Talk extends AutoCloseable {

  /** Begins sessions. */
  interface Place {
    /**
     * Begins one.
     *
     * @param rules when somebody begins and ends
     */
    Talk open(TurnDetection rules);
  }

  /** Who speaks. */
  LiveMicrophone microphone();

  /** What the session tells. */
  HeardEvents events();

  /** Says something in writing. */
  void write(String text);

  /** All of the last reply was heard. */
  void heardAll();

  @Override
  void close();
}
