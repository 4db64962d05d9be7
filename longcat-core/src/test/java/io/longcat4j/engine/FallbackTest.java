package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Attention;
import io.longcat4j.Backend;
import io.longcat4j.BackendException;
import io.longcat4j.Device;
import io.longcat4j.EngineListener;
import io.longcat4j.Experts;
import io.longcat4j.Generation;
import io.longcat4j.Gpus;
import io.longcat4j.LoadingListener;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Scheduling;
import io.longcat4j.WeightMemory;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.compute.reference.ReferenceProvider;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.SenseDevices;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.TestData;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class FallbackTest {
  private static final Prompt QUESTION = Prompt.user("Hello");
  private static final Generation TWO =
      Generation.builder().maxNewTokens(2).ignoreEos(true).build();

  /** A backend that is preferred but does not work here. */
  private static final class Broken implements ComputeProvider {
    @Override
    public String name() {
      return "chip";
    }

    @Override
    public int priority() {
      return 500;
    }

    @Override
    public ComputeBackend open(WorkerThreads threads, Numerics numerics) {
      throw new BackendException("no such chip; buy one");
    }
  }

  private static OmniEngine open(ComputeProvider... providers) {
    EngineOptions options =
        new EngineOptions(
            TestData.bf16(),
            Backend.auto(),
            Numerics.EXACT,
            WeightMemory.onDemand(),
            SenseDevices.all(Device.cpu()),
            Attention.dense(),
            Scheduling.builder().queueLimit(1).maxRunning(1).build(),
            WorkerThreads.unpinned(OptionalInt.of(1)),
            Gpus.all(),
            Parallel.single(),
            Experts.AUTO,
            OptionalInt.of(200),
            Optional.empty(),
            LoadingListener.silent(),
            EngineListener.silent());
    return new OmniEngine(LoadedCheckpoint.load(options, new BackendSelection(List.of(providers))));
  }

  private static Reply ask(OmniEngine engine) {
    return new ReplyStream(engine.stream(QUESTION, TWO)).toReply();
  }

  @Test
  void aSlowerBackendIsToldInTheDescriptionAndInTheFirstReplyAlone() {
    try (OmniEngine engine = open(new Broken(), new ReferenceProvider())) {
      assertThat(engine.describe())
          .contains("note: Computing on the backend reference", "chip: no such chip; buy one");
      assertThat(ask(engine).warnings())
          .singleElement()
          .asString()
          .contains("backend reference", "chip: no such chip; buy one");
      assertThat(ask(engine).warnings()).isEmpty();
    }
  }

  @Test
  void theBackendThatWasHopedForIsNotSpokenOf() {
    try (OmniEngine engine = open(new ReferenceProvider())) {
      assertThat(engine.describe()).doesNotContain("note:");
      assertThat(ask(engine).warnings()).isEmpty();
    }
  }

  @Test
  void aNoticeThatReachedNobodyIsToldWithTheNextReply() {
    Notice notice = new Notice(Optional.of("slow"));
    assertThat(notice.toTell()).containsExactly("slow");
    assertThat(notice.toTell()).isEmpty();
    notice.untold();
    assertThat(notice.toTell()).containsExactly("slow");
  }
}
