package io.longcat4j.modality;

import java.util.List;

/** Opens ears and voices; found by {@link java.util.ServiceLoader}. */
public interface AudioProvider {
  /**
   * Loads the audio encoder of a checkpoint.
   *
   * @param context where and how
   * @return the encoder, owned by the caller
   * @throws io.longcat4j.CheckpointException if its files are missing or damaged
   */
  Hearing openHearing(ModalityContext context);

  /**
   * What {@link #openHearing} reads, so that a file that is missing is told of before a sound
   * comes.
   *
   * @return paths in the checkpoint directory
   */
  List<String> hearingFiles();

  /**
   * Loads the codec decoder of a checkpoint.
   *
   * @param context where and how
   * @return the vocoder, owned by the caller
   * @throws io.longcat4j.CheckpointException if its files are missing or damaged
   */
  Voice openVoice(ModalityContext context);

  /**
   * Loads what tells speech from other sounds. It needs no checkpoint.
   *
   * @return the detection, owned by the caller
   * @throws io.longcat4j.BackendException if it cannot run on this machine
   */
  SpeechDetection openSpeechDetection();
}
