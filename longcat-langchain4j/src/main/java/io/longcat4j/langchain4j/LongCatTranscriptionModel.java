package io.longcat4j.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.audio.AudioTranscriptionModel;
import dev.langchain4j.model.audio.AudioTranscriptionRequest;
import dev.langchain4j.model.audio.AudioTranscriptionResponse;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import java.util.Objects;

/**
 * Asks a {@link LongCat} to write down what it hears. It is no recogniser: it may answer a question
 * instead of writing it down. Thread-safe.
 */
public final class LongCatTranscriptionModel implements AudioTranscriptionModel {
  private final LongCat longcat;
  private final String instruction;
  private final Parts parts = new Parts(null, /* videoSound= */ false);

  /**
   * Makes a model that asks {@code Write down what you hear.}
   *
   * @param longcat stays the caller's
   */
  public LongCatTranscriptionModel(LongCat longcat) {
    this(longcat, "Write down what you hear.");
  }

  /**
   * Makes a model that asks in other words.
   *
   * @param longcat stays the caller's
   * @param instruction what it is asked after the sound
   */
  public LongCatTranscriptionModel(LongCat longcat, String instruction) {
    this.longcat = Objects.requireNonNull(longcat, "longcat");
    this.instruction = Objects.requireNonNull(instruction, "instruction");
  }

  @Override
  public AudioTranscriptionResponse transcribe(AudioTranscriptionRequest request) {
    if (request.language() != null) {
      throw new UnsupportedFeatureException(
          "A language is not supported: the model hears which one is spoken; leave it out");
    }
    String asked = request.prompt() == null ? instruction : request.prompt();
    try {
      Generation.Builder generation = Generation.builder();
      if (request.temperature() != null && request.temperature() > 0) {
        generation.topK(0).temperature(request.temperature());
      }
      Prompt prompt = Prompt.user(parts.sound(request.audio()), Text.of(asked));
      return AudioTranscriptionResponse.from(longcat.generate(prompt, generation.build()).text());
    } catch (LongCatException e) {
      throw Errors.of(e);
    }
  }
}
