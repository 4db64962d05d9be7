package io.longcat4j.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Audio;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.Prompt;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.server.http.Endpoint;
import io.longcat4j.server.http.EventWriter;
import io.longcat4j.server.http.Exchange;
import io.longcat4j.server.http.Form;
import io.longcat4j.server.http.Model;
import io.longcat4j.server.http.Work;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/audio/transcriptions}: asks the model to write down what it hears. It is no
 * recogniser: it gives no times, and may answer a question instead of writing it down.
 */
public final class TranscriptionEndpoint implements Endpoint {
  private static final Set<String> KNOWN =
      Set.of("model", "language", "response_format", "temperature", "stream", "prompt");

  private final Model model;
  private final String request;

  /**
   * Answers with a model.
   *
   * @param model stays the caller's
   * @param request how it is asked to write down
   */
  public TranscriptionEndpoint(Model model, String request) {
    this.model = model;
    this.request = request;
  }

  @Override
  public void answer(Exchange exchange) throws IOException {
    model.admit(work -> answer(exchange, work));
  }

  private void answer(Exchange exchange, Work work) throws IOException {
    Form form = Form.read(exchange);
    form.fields().refuseOthers(KNOWN);
    String format = form.fields().word("response_format", "json", "text").orElse("json");
    boolean streamed = form.fields().word("stream", "true", "false").orElse("").equals("true");
    Audio sound = Audio.of(requireContent(form.requireFile("file")));
    Generation generation = Generation.builder().timeout(exchange.limits().request()).build();
    Prompt prompt = Prompt.user(sound, Text.of(request));
    Words words = new Words(streamed ? exchange : null);
    model.ask(work, exchange, prompt, generation, words);
    words.end(exchange, format);
  }

  private static byte[] requireContent(byte[] file) {
    if (file.length == 0) {
      throw ApiException.invalid("file", "file is empty");
    }
    return file;
  }

  /** The words of a reply, sent as they come where somebody is named who gets them. */
  private static final class Words implements Model.Reader {
    private final @Nullable Exchange listener;
    private final StringBuilder text = new StringBuilder();
    private @Nullable EventWriter writer;
    private @Nullable Done done;

    Words(@Nullable Exchange listener) {
      this.listener = listener;
    }

    @Override
    public void next(Event event) throws IOException {
      if (event instanceof TextDelta words) {
        text.append(words.text());
        if (listener != null) {
          writer(listener)
              .send(Json.object().put("type", "transcript.text.delta").put("delta", words.text()));
        }
      } else if (event instanceof Done end) {
        done = end;
      }
    }

    void end(Exchange exchange, String format) throws IOException {
      ObjectNode usage = ReplyJson.usage(Objects.requireNonNull(done, "a reply ends with Done"));
      ObjectNode tokens =
          Json.object()
              .put("type", "tokens")
              .put("input_tokens", usage.path("prompt_tokens").asInt())
              .put("output_tokens", usage.path("completion_tokens").asInt())
              .put("total_tokens", usage.path("total_tokens").asInt());
      if (listener != null) {
        ObjectNode last =
            Json.object().put("type", "transcript.text.done").put("text", text.toString());
        last.set("usage", tokens);
        writer(listener).send(last);
        writer(listener).end();
      } else if (format.equals("text")) {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.answer(200, "text/plain; charset=utf-8", body);
      } else {
        ObjectNode json = Json.object().put("text", text.toString());
        json.set("usage", tokens);
        exchange.answer(200, json);
      }
    }

    private EventWriter writer(Exchange exchange) {
      EventWriter begun = writer;
      if (begun == null) {
        begun = exchange.events();
        writer = begun;
      }
      return begun;
    }
  }
}
