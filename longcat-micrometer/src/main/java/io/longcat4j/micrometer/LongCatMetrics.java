package io.longcat4j.micrometer;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.EngineBusyException;
import io.longcat4j.EngineListener;
import io.longcat4j.FinishReason;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.Statistics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Meters of a {@link io.longcat4j.LongCat}:
 *
 * <pre>{@code
 * LongCatMetrics metrics = new LongCatMetrics();
 * metrics.bindTo(registry);
 * LongCat longcat = LongCat.builder().model(directory).listener(metrics).build();
 * }</pre>
 *
 * <p>Bind before the first request; what happened earlier is not told. Thread-safe. One object may
 * hear of several models and fill several registries; give each model its own object with tags of
 * its own to tell them apart.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name</th><th>type</th><th>of</th></tr>
 *   <tr><td>{@code longcat.requests}</td><td>counter, tag {@code outcome}: {@code end}, {@code
 *       stop}, {@code length}, {@code cancelled}, {@code busy}, {@code late}, {@code failed}</td>
 *       <td>requests that have ended</td></tr>
 *   <tr><td>{@code longcat.requests.active}</td><td>gauge</td><td>requests that wait or run</td></tr>
 *   <tr><td>{@code longcat.tokens}</td><td>counter, tag {@code kind}: {@code reused}, {@code
 *       computed}, {@code generated}</td><td>positions of prompts and replies; {@code drafted},
 *       {@code accepted}: guesses of multi-token prediction, and those that proved right</td></tr>
 *   <tr><td>{@code longcat.time}</td><td>timer, tag {@code stage}: {@code preprocess}, {@code
 *       encode}, {@code queue}, {@code prefill}, {@code decode}, {@code vocode}</td><td>stages of a
 *       reply</td></tr>
 *   <tr><td>{@code longcat.first}</td><td>timer, tag {@code of}: {@code token}, {@code audio}</td>
 *       <td>from the request on</td></tr>
 *   <tr><td>{@code longcat.gap}</td><td>timer, tag {@code percentile}: {@code 50}, {@code 99}</td>
 *       <td>between the tokens of a reply, one figure a reply</td></tr>
 *   <tr><td>{@code longcat.speech.factor}</td><td>summary</td><td>time to make speech over its
 *       length</td></tr>
 *   <tr><td>{@code longcat.experts}</td><td>summary</td><td>experts computed per token</td></tr>
 *   <tr><td>{@code longcat.cache}</td><td>summary in bytes</td><td>cache of a reply</td></tr>
 *   <tr><td>{@code longcat.rank.collectives}, {@code longcat.rank.waiting}</td><td>timers, tags
 *       {@code rank}, {@code host}</td><td>each rank's time in collectives, and its part spent
 *       waiting for slower ranks; only where there are several</td></tr>
 *   <tr><td>{@code longcat.rank.sent}</td><td>counter in bytes, tags {@code rank}, {@code
 *       host}</td><td>sent to other ranks</td></tr>
 * </table>
 *
 * <p>Beside them there are the meters of OpenTelemetry's semantic conventions for generative AI,
 * for dashboards that know no LongCat. They have the tags {@code gen_ai.operation.name} ({@code
 * chat}), {@code gen_ai.provider.name} ({@code longcat}) and {@code gen_ai.request.model}, which is
 * the tag {@code model} given to the constructor, or {@code longcat}.
 *
 * <table>
 *   <caption>Meters of the conventions</caption>
 *   <tr><th>name</th><th>type</th><th>of</th></tr>
 *   <tr><td>{@code gen_ai.client.operation.duration}, {@code gen_ai.server.request.duration}</td>
 *       <td>timers</td><td>from the request to its last word</td></tr>
 *   <tr><td>{@code gen_ai.client.token.usage}</td><td>summary, tag {@code gen_ai.token.type}:
 *       {@code input}, {@code output}</td><td>tokens of a request</td></tr>
 *   <tr><td>{@code gen_ai.server.time_to_first_token}</td><td>timer</td><td>from the request on
 *       </td></tr>
 *   <tr><td>{@code gen_ai.server.time_per_output_token}</td><td>timer</td><td>decoding, over the
 *       tokens after the first</td></tr>
 * </table>
 *
 * <p>The times, counts and figures are those of {@link Statistics}, of complete replies alone.
 */
public final class LongCatMetrics implements EngineListener, MeterBinder {
  private final List<Tag> tags;
  private final List<ReplyMeters> bound = new CopyOnWriteArrayList<>();
  private final List<GenAiMeters> conventions = new CopyOnWriteArrayList<>();
  private final AtomicInteger active = new AtomicInteger();

  /**
   * Prepares meters.
   *
   * @param tags of every meter, such as the model's name
   */
  public LongCatMetrics(Tag... tags) {
    this.tags = List.of(tags);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Objects.requireNonNull(registry, "registry");
    registry.gauge("longcat.requests.active", tags, active);
    bound.add(new ReplyMeters(registry, tags));
    conventions.add(new GenAiMeters(registry, tags));
  }

  @Override
  public void onSubmitted() {
    active.incrementAndGet();
  }

  @Override
  public void onFinished(FinishReason finishReason, Statistics statistics) {
    active.decrementAndGet();
    for (ReplyMeters meters : bound) {
      meters.ended(finishReason.name().toLowerCase(Locale.ROOT));
      meters.record(statistics);
    }
    conventions.forEach(meters -> meters.record(statistics));
  }

  @Override
  public void onFailed(LongCatException reason) {
    active.decrementAndGet();
    for (ReplyMeters meters : bound) {
      meters.ended(outcome(reason));
    }
  }

  private static String outcome(LongCatException reason) {
    if (reason instanceof GenerationCancelledException) {
      return "cancelled";
    }
    if (reason instanceof EngineBusyException) {
      return "busy";
    }
    return reason instanceof DeadlineExceededException ? "late" : "failed";
  }
}
