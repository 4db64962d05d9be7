package io.longcat4j.audio;

import io.longcat4j.modality.AudioProvider;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.ModalityContext;
import io.longcat4j.modality.SpeechDetection;
import io.longcat4j.modality.Voice;
import java.util.List;

/**
 * Opens the audio encoder, the codec decoder and the detection of speech; found by {@link
 * java.util.ServiceLoader}.
 */
public final class LongCatAudioProvider implements AudioProvider {
  /** For {@link java.util.ServiceLoader}. */
  public LongCatAudioProvider() {}

  @Override
  public Hearing openHearing(ModalityContext context) {
    return new AudioHearing(AudioEncoder.open(context));
  }

  @Override
  public List<String> hearingFiles() {
    return AudioEncoder.FILES;
  }

  @Override
  public Voice openVoice(ModalityContext context) {
    return CodecDecoder.open(context);
  }

  @Override
  public SpeechDetection openSpeechDetection() {
    return SileroDetection.open();
  }
}
