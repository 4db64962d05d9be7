package io.longcat4j.cli.chat;

import io.longcat4j.AudioDelta;

/** Where the sound of replies is played. Not thread-safe. */
public interface ChatSound {
  /**
   * Goes on with a reply's sound; may wait while enough waits to be played.
   *
   * @param sound the next stretch
   */
  void play(AudioDelta sound);

  /** The reply is over: waits until all is heard. */
  void finish();

  /** The reply was ended: drops what was not heard. */
  void stop();
}
