package io.longcat4j.langchain4j;

import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.audio.TextToSpeechModel;
import dev.langchain4j.model.audio.TextToSpeechRequest;
import dev.langchain4j.model.audio.TextToSpeechResponse;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import io.longcat4j.Speech;
import java.util.Objects;

/**
 * Asks a {@link LongCat} to say something. It is no reading machine: it may answer in its own
 * words. Thread-safe.
 */
public final class LongCatTextToSpeechModel implements TextToSpeechModel {
  private final LongCat longcat;
  private final String instruction;

  /**
   * Makes a model that asks {@code Please say: ...}
   *
   * @param longcat stays the caller's
   */
  public LongCatTextToSpeechModel(LongCat longcat) {
    this(longcat, "Please say: ");
  }

  /**
   * Makes a model that asks in other words.
   *
   * @param longcat stays the caller's
   * @param instruction stands before the text
   */
  public LongCatTextToSpeechModel(LongCat longcat, String instruction) {
    this.longcat = Objects.requireNonNull(longcat, "longcat");
    this.instruction = Objects.requireNonNull(instruction, "instruction");
  }

  @Override
  public TextToSpeechResponse synthesize(TextToSpeechRequest request) {
    if (request.voice() != null) {
      throw new UnsupportedFeatureException(
          "The voice '" + request.voice() + "' is not supported: the model has one; leave it out");
    }
    try {
      Speech speech =
          longcat
              .generate(Prompt.user(instruction + request.text()), Generation.speech())
              .speech()
              .orElseThrow(
                  () -> new InternalServerException("The model has said nothing; ask otherwise"));
      return TextToSpeechResponse.from(
          Audio.builder().binaryData(speech.toWav()).mimeType("audio/wav").build());
    } catch (LongCatException e) {
      throw Errors.of(e);
    }
  }
}
