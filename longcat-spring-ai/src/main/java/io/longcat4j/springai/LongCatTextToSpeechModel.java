package io.longcat4j.springai;

import io.longcat4j.AudioDelta;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.audio.tts.Speech;
import org.springframework.ai.audio.tts.TextToSpeechModel;
import org.springframework.ai.audio.tts.TextToSpeechOptions;
import org.springframework.ai.audio.tts.TextToSpeechPrompt;
import org.springframework.ai.audio.tts.TextToSpeechResponse;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Asks a {@link LongCat} to say something. It is no reading machine: it may answer in its own
 * words. A whole answer is a WAV file, or samples where the options' format is {@code pcm}; a
 * stream is pieces of samples: 16 bits, little-endian, one channel, at the rate of the checkpoint's
 * codec. Thread-safe.
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
  public TextToSpeechResponse call(TextToSpeechPrompt request) {
    boolean wav = format(request.getOptions(), "wav").equals("wav");
    io.longcat4j.Speech speech =
        longcat
            .generate(prompt(request), Generation.speech())
            .speech()
            .orElseThrow(() -> new LongCatException("The model has said nothing; ask otherwise"));
    return response(wav ? speech.toWav() : speech.toPcm16());
  }

  @Override
  public Flux<TextToSpeechResponse> stream(TextToSpeechPrompt request) {
    if (format(request.getOptions(), "pcm").equals("wav")) {
      throw new InvalidRequestException(
          "A WAV file tells its length first and cannot be streamed; ask for pcm");
    }
    return new Asked(prompt(request), Generation.speech(), null)
        .events(longcat, Schedulers.boundedElastic()::schedule)
        .ofType(AudioDelta.class)
        .map(sound -> response(sound.toPcm16()))
        .subscribeOn(Schedulers.boundedElastic());
  }

  private Prompt prompt(TextToSpeechPrompt request) {
    return Prompt.user(instruction + request.getInstructions().getText());
  }

  private static String format(TextToSpeechOptions options, String otherwise) {
    if (options.getVoice() != null || (options.getSpeed() != null && options.getSpeed() != 1)) {
      throw new InvalidRequestException(
          "voice and speed are not supported: the model has one voice and speaks as it does; leave"
              + " them out");
    }
    String format = Objects.requireNonNullElse(options.getFormat(), otherwise);
    if (!format.equals("wav") && !format.equals("pcm")) {
      throw new InvalidRequestException(
          "The format '" + format + "' is not supported; there are wav and pcm");
    }
    return format;
  }

  private static TextToSpeechResponse response(byte[] sound) {
    return new TextToSpeechResponse(List.of(new Speech(sound)));
  }
}
