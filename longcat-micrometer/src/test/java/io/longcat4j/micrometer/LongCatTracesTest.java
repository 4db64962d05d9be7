package io.longcat4j.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Done;
import io.longcat4j.EngineBusyException;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.LongCatException;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Statistics;
import io.longcat4j.TextDelta;
import io.longcat4j.spi.EventSource;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LongCatTracesTest {
  private static final Statistics STATISTICS = Statistics.builder().tokens(100, 60, 20).build();
  private static final Done DONE =
      new Done(FinishReason.LENGTH, STATISTICS, List.of(), List.of(), List.of());

  private final ObservationRegistry registry = ObservationRegistry.create();
  private final LongCatTraces traces = new LongCatTraces(registry, "tiny");
  private final List<Observation.Context> ended = new ArrayList<>();

  @BeforeEach
  void listen() {
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public void onStop(Observation.Context context) {
                ended.add(context);
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return true;
              }
            });
  }

  /** Events, and then perhaps a failure. */
  private static final class Planned implements EventSource<Event> {
    private final Deque<Event> events;
    private final @Nullable LongCatException failure;
    private boolean closed;

    Planned(@Nullable LongCatException failure, Event... events) {
      this.events = new ArrayDeque<>(List.of(events));
      this.failure = failure;
    }

    @Override
    public @Nullable Event poll() {
      if (events.isEmpty()) {
        throw Objects.requireNonNull(failure);
      }
      return events.poll();
    }

    @Override
    public void onAvailable(Runnable listener) {
      listener.run();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static Map<String, String> told(Observation.Context context) {
    return StreamSupport.stream(context.getAllKeyValues().spliterator(), false)
        .collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
  }

  private void assertLength() {
    assertThat(ended).hasSize(1);
    Observation.Context only = ended.get(0);
    assertThat(only.getName()).isEqualTo("gen_ai.client.operation");
    assertThat(only.getContextualName()).isEqualTo("chat tiny");
    assertThat(only.getError()).isNull();
    assertThat(told(only))
        .containsOnly(
            Map.entry("gen_ai.operation.name", "chat"),
            Map.entry("gen_ai.provider.name", "longcat"),
            Map.entry("gen_ai.request.model", "tiny"),
            Map.entry("gen_ai.response.finish_reasons", "[\"length\"]"),
            Map.entry("gen_ai.usage.input_tokens", "100"),
            Map.entry("gen_ai.usage.output_tokens", "20"));
  }

  @Test
  void aWholeReplyIsASpanWithWhatItCost() {
    Reply made = new ReplyStream(new Planned(null, new TextDelta("ab"), DONE)).toReply();
    assertThat(traces.reply(() -> made)).isSameAs(made);
    assertLength();
  }

  @Test
  void aReplyThatIsReadAsItComesEndsWithItsLastEvent() {
    Planned planned = new Planned(null, new TextDelta("ab"), DONE);
    List<Event> read = new ArrayList<>();
    traces.stream(
        () -> new ReplyStream(planned),
        event -> {
          assertThat(registry.getCurrentObservation()).isNotNull();
          assertThat(ended).isEmpty();
          read.add(event);
        });
    assertThat(read).hasSize(2).last().isSameAs(DONE);
    assertThat(planned.closed).isTrue();
    assertLength();
  }

  @Test
  void whatIsAskedInsideOfAnObservationIsItsChild() {
    Observation parent = Observation.start("answering", registry);
    parent.scoped(() -> traces.stream(() -> new ReplyStream(new Planned(null, DONE)), event -> {}));
    assertThat(ended.get(0).getParentObservation()).isSameAs(parent);
  }

  @Test
  void failuresAreTold() {
    EngineBusyException busy = new EngineBusyException("planted");
    assertThatThrownBy(
            () ->
                traces.reply(
                    () -> {
                      throw busy;
                    }))
        .isSameAs(busy);
    Planned planned = new Planned(busy);
    assertThatThrownBy(() -> traces.stream(() -> new ReplyStream(planned), event -> {}))
        .isSameAs(busy);
    assertThat(planned.closed).isTrue();
    assertThat(ended)
        .hasSize(2)
        .allSatisfy(
            context -> {
              assertThat(context.getError()).isSameAs(busy);
              assertThat(told(context))
                  .containsEntry("error.type", "EngineBusyException")
                  .doesNotContainKey("gen_ai.usage.input_tokens");
            });
  }

  @Test
  void aReaderThatThrowsEndsTheReply() {
    Planned planned = new Planned(null, DONE);
    assertThatThrownBy(
            () ->
                traces.stream(
                    () -> new ReplyStream(planned),
                    event -> {
                      throw new IllegalStateException("planted");
                    }))
        .hasMessage("planted");
    assertThat(planned.closed).isTrue();
    assertThat(ended).hasSize(1);
  }
}
