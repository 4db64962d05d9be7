package io.longcat4j.micrometer;

import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.LongCatException;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Statistics;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Requests as observations, of which Micrometer makes spans, with the names of OpenTelemetry's
 * semantic conventions for generative AI:
 *
 * <pre>{@code
 * LongCatTraces traces = new LongCatTraces(registry, "LongCat-Flash-Omni");
 * Reply reply = traces.reply(() -> longcat.generate(prompt));
 * traces.stream(() -> conversation.stream(question), event -> show(event));
 * }</pre>
 *
 * <p>An observation is called {@code gen_ai.client.operation}, its span {@code chat} and the model.
 * It begins with the call, is a child of what the calling thread observes, and ends with the reply,
 * its failure, or what the reader throws. It tells {@code gen_ai.operation.name}, {@code
 * gen_ai.provider.name}, {@code gen_ai.request.model}; of a complete reply {@code
 * gen_ai.response.finish_reasons}, {@code gen_ai.usage.input_tokens}, {@code
 * gen_ai.usage.output_tokens}; otherwise {@code error.type}. Neither questions nor answers are
 * told. Thread-safe.
 */
public final class LongCatTraces {
  private static final String OPERATION = "chat";

  private final ObservationRegistry registry;
  private final String model;

  /**
   * Prepares observations.
   *
   * @param registry hears of them
   * @param model what the model is called there
   */
  public LongCatTraces(ObservationRegistry registry, String model) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.model = Objects.requireNonNull(model, "model");
  }

  /**
   * A request whose reply comes whole.
   *
   * @param request asks a {@link io.longcat4j.LongCat} or a conversation
   * @return the reply
   * @throws LongCatException as the request does
   */
  public Reply reply(Supplier<Reply> request) {
    Observation observation = observation();
    return observation.observe(
        () -> {
          try {
            Reply reply = request.get();
            tell(observation, reply.finishReason(), reply.statistics());
            return reply;
          } catch (LongCatException e) {
            throw told(observation, e);
          }
        });
  }

  /**
   * A request whose reply is read as it comes, on the calling thread.
   *
   * @param request asks a {@link io.longcat4j.LongCat} or a conversation; the stream is closed here
   * @param reader gets every event; what it throws ends the reply
   * @throws LongCatException as the reply does
   */
  public void stream(Supplier<ReplyStream> request, Consumer<Event> reader) {
    Observation observation = observation();
    observation.observe(
        () -> {
          try (ReplyStream stream = request.get()) {
            for (Event event : stream) {
              if (event instanceof Done done) {
                tell(observation, done.finishReason(), done.statistics());
              }
              reader.accept(event);
            }
          } catch (LongCatException e) {
            throw told(observation, e);
          }
        });
  }

  private Observation observation() {
    return Observation.createNotStarted("gen_ai.client.operation", registry)
        .contextualName(OPERATION + " " + model)
        .lowCardinalityKeyValue("gen_ai.operation.name", OPERATION)
        .lowCardinalityKeyValue("gen_ai.provider.name", GenAiMeters.PROVIDER)
        .lowCardinalityKeyValue("gen_ai.request.model", model);
  }

  private static void tell(Observation observation, FinishReason reason, Statistics statistics) {
    observation
        .highCardinalityKeyValue(
            "gen_ai.response.finish_reasons",
            "[\"" + reason.name().toLowerCase(Locale.ROOT) + "\"]")
        .highCardinalityKeyValue(
            "gen_ai.usage.input_tokens", Integer.toString(statistics.promptTokens()))
        .highCardinalityKeyValue(
            "gen_ai.usage.output_tokens", Integer.toString(statistics.newTokens()));
  }

  private static LongCatException told(Observation observation, LongCatException reason) {
    observation.lowCardinalityKeyValue("error.type", reason.getClass().getSimpleName());
    return reason;
  }
}
