package io.longcat4j.modality;

import io.longcat4j.VoiceActivity;

/**
 * Tells speech from other sounds: any number of detectors, which share one copy of the weights.
 * Thread-safe; owned and closed by the engine. A detector outlives it only to fail at its next
 * window.
 */
public interface SpeechDetection extends VoiceActivity.Factory, AutoCloseable {
  /**
   * What runs where.
   *
   * @return one line
   */
  String describe();

  @Override
  void close();
}
