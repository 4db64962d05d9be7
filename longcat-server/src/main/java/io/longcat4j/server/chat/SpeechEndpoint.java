package io.longcat4j.server.chat;

import io.longcat4j.AudioDelta;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.Prompt;
import io.longcat4j.server.http.Endpoint;
import io.longcat4j.server.http.Exchange;
import io.longcat4j.server.http.Model;
import io.longcat4j.server.http.Work;
import io.longcat4j.server.sound.SoundFormat;
import io.longcat4j.server.sound.SpokenOutput;
import io.longcat4j.server.sound.Wav;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Fields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Set;

/**
 * {@code POST /v1/audio/speech}: asks the model to say something. It is no reading machine: it may
 * answer in its own words.
 */
public final class SpeechEndpoint implements Endpoint {
  private static final Set<String> KNOWN =
      Set.of(
          "model", "input", "voice", "response_format", "speed", "instructions", "stream_format");

  private final Model model;
  private final String request;

  /**
   * Answers with a model.
   *
   * @param model stays the caller's
   * @param request how it is asked to say something, before the words
   */
  public SpeechEndpoint(Model model, String request) {
    this.model = model;
    this.request = request;
  }

  @Override
  public void answer(Exchange exchange) throws IOException {
    model.admit(work -> answer(exchange, work));
  }

  private void answer(Exchange exchange, Work work) throws IOException {
    Fields fields = Fields.of(exchange.json());
    fields.refuseOthers(KNOWN);
    String words = fields.requireText("input");
    requirePlain(fields);
    boolean wav = fields.word("response_format", "wav", "pcm").orElse("wav").equals("wav");
    Generation generation =
        Generation.builder().speech(true).timeout(exchange.limits().request()).build();
    Prompt prompt = Prompt.user(request + words);
    if (wav) {
      Sound sound = new Sound();
      model.ask(work, exchange, prompt, generation, sound);
      exchange.answer(200, "audio/wav", Wav.of(sound.end(), SoundFormat.PCM16.sampleRateHz()));
    } else {
      SoundAsItComes sound = new SoundAsItComes(exchange);
      model.ask(work, exchange, prompt, generation, sound);
      sound.end();
    }
  }

  private static void requirePlain(Fields fields) {
    if (fields.number("speed", 0, 100).orElse(1.0) != 1) {
      throw ApiException.unsupported("speed", "speed must be 1: the model speaks as it does");
    }
    if (fields.has("instructions")) {
      throw ApiException.unsupported(
          "instructions", "instructions are not known; ask /v1/chat/completions for audio instead");
    }
    fields.word("stream_format", "audio");
  }

  /** All sound of a reply. */
  private static final class Sound implements Model.Reader {
    private final SpokenOutput output = new SpokenOutput(SoundFormat.PCM16);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void next(Event event) {
      if (event instanceof AudioDelta delta) {
        bytes.writeBytes(output.next(delta));
      }
    }

    byte[] end() {
      bytes.writeBytes(output.end());
      return bytes.toByteArray();
    }
  }

  /** Sends samples while the rest is being made. */
  private static final class SoundAsItComes implements Model.Reader {
    private final SpokenOutput output = new SpokenOutput(SoundFormat.PCM16);
    private final Exchange exchange;
    private boolean begun;

    SoundAsItComes(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public void next(Event event) throws IOException {
      if (event instanceof AudioDelta delta) {
        begin();
        exchange.write(output.next(delta), false);
      }
    }

    void end() throws IOException {
      begin();
      exchange.write(output.end(), true);
    }

    private void begin() {
      if (!begun) {
        begun = true;
        exchange.begin("audio/pcm");
      }
    }
  }
}
