package io.longcat4j.springai;

import io.longcat4j.Audio;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.MediaException;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import java.io.IOException;
import java.util.Objects;
import org.springframework.ai.audio.transcription.AudioTranscription;
import org.springframework.ai.audio.transcription.AudioTranscriptionPrompt;
import org.springframework.ai.audio.transcription.AudioTranscriptionResponse;
import org.springframework.ai.audio.transcription.TranscriptionModel;
import org.springframework.core.io.Resource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Asks a {@link LongCat} to write down what it hears. It is no recogniser: it may answer a question
 * instead of writing it down. Thread-safe.
 */
public final class LongCatTranscriptionModel implements TranscriptionModel {
  private final LongCat longcat;
  private final String instruction;

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
  public AudioTranscriptionResponse call(AudioTranscriptionPrompt request) {
    return response(longcat.generate(prompt(request)).text());
  }

  @Override
  public Flux<AudioTranscriptionResponse> stream(AudioTranscriptionPrompt request) {
    return Flux.defer(
            () ->
                new Asked(prompt(request), Generation.text(), null)
                    .events(longcat, Schedulers.boundedElastic()::schedule))
        .ofType(TextDelta.class)
        .map(words -> response(words.text()))
        .subscribeOn(Schedulers.boundedElastic());
  }

  private Prompt prompt(AudioTranscriptionPrompt request) {
    if (request.getOptions() != null) {
      throw new InvalidRequestException(
          "Options of a transcription are not supported: the model hears what is spoken; leave"
              + " them out");
    }
    Resource sound = request.getInstructions();
    try {
      return Prompt.user(Audio.of(sound.getContentAsByteArray()), Text.of(instruction));
    } catch (IOException e) {
      throw new MediaException("Cannot read " + sound.getDescription() + ": " + e.getMessage(), e);
    }
  }

  private static AudioTranscriptionResponse response(String text) {
    return new AudioTranscriptionResponse(new AudioTranscription(text));
  }
}
