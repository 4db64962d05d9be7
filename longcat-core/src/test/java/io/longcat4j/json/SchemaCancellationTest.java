package io.longcat4j.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.prompt.SpecialTokens;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.testing.TestData;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("once")
@Timeout(120)
class SchemaCancellationTest {
  private static final Tokenizer TOKENIZER = Tokenizer.open(TestData.bf16());
  private static final int[] CONTROL = SpecialTokens.of(TOKENIZER).controlIds();
  private static final String MANY =
      Schemas.quoted("{'enum': " + LargeSchemasTest.listed(20_000, i -> "'value-" + i + "'") + "}");

  private static JsonConstraints constraints() {
    return new JsonConstraints(TOKENIZER, 2, CONTROL);
  }

  /** Wanted until it is asked for the given time. */
  private static Cancellation until(int times, AtomicInteger asked) {
    return () -> {
      if (asked.incrementAndGet() >= times) {
        throw new DeadlineExceededException("asked " + times + " times");
      }
    };
  }

  static Stream<String> large() {
    return Stream.of(
            MANY,
            "{'type': 'string', 'minLength': 100000}",
            "{'type': 'array', 'items': {'type': 'integer'}, 'maxItems': 100000}",
            "{'anyOf': "
                + LargeSchemasTest.listed(9_000, i -> "{'minLength': " + i % 30 + "}")
                + "}",
            "{'oneOf': "
                + LargeSchemasTest.listed(
                    500,
                    i ->
                        i == 0
                            ? "{'type': 'null'}"
                            : "{'type': 'object', 'properties': {'k': {'const': "
                                + i
                                + "}}, 'required': ['k']}")
                + "}",
            "{'default': " + LargeSchemasTest.listed(200_000, i -> "1") + "}",
            "{'$defs': {'a': {'allOf': " + LargeSchemasTest.listed(30_000, i -> "{}") + "}}}")
        .map(Schemas::quoted);
  }

  @ParameterizedTest
  @MethodSource("large")
  void compilingEndsWhereverItIsNoLongerWanted(String schema) {
    AtomicInteger asked = new AtomicInteger();
    SchemaCompiler.compile(schema, until(Integer.MAX_VALUE, asked));
    int times = asked.get();
    assertThat(times).isGreaterThan(10);
    for (int stop = 1; stop <= times; stop += 1 + times / 7) {
      AtomicInteger again = new AtomicInteger();
      Cancellation wanted = until(stop, again);
      assertThatThrownBy(() -> SchemaCompiler.compile(schema, wanted))
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessage("asked " + stop + " times");
      assertThat(again).hasValue(stop);
    }
  }

  /** Stays in its first question until it may go on. */
  private static final class Held implements Cancellation {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);
    private int asked;

    @Override
    public void check() {
      if (++asked == 10) {
        reached.countDown();
        try {
          released.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      Cancellation.BY_INTERRUPTION.check();
    }
  }

  @Test
  void nobodyWaitsForAnotherSchemaAndWhoWaitsForTheSameOneCanGiveUp() throws Exception {
    JsonConstraints constraints = constraints();
    constraints.begin("true", Cancellation.BY_INTERRUPTION);
    Held held = new Held();
    ExecutorService threads = Executors.newFixedThreadPool(65);
    try {
      Future<?> slow = threads.submit(() -> constraints.begin(MANY, held));
      held.reached.await();
      List<Future<?>> others = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String schema = "{\"const\": " + i % 40 + "}";
        others.add(threads.submit(() -> constraints.begin(schema, Cancellation.BY_INTERRUPTION)));
      }
      for (Future<?> other : others) {
        other.get(60, TimeUnit.SECONDS);
      }
      assertThatThrownBy(() -> constraints.begin(MANY, until(4, new AtomicInteger())))
          .isInstanceOf(DeadlineExceededException.class);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> constraints.begin(MANY, Cancellation.BY_INTERRUPTION))
          .isInstanceOf(GenerationCancelledException.class);
      assertThat(Thread.interrupted()).isTrue();
      Future<?> same = threads.submit(() -> constraints.begin(MANY, Cancellation.BY_INTERRUPTION));
      held.released.countDown();
      assertThat(slow.get(60, TimeUnit.SECONDS)).isNotNull();
      assertThat(same.get(60, TimeUnit.SECONDS)).isNotNull();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anInterruptionEndsCompiling() throws Exception {
    JsonConstraints constraints = constraints();
    Held held = new Held();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    Future<?> slow = threads.submit(() -> constraints.begin(MANY, held));
    held.reached.await();
    threads.shutdownNow();
    assertThatThrownBy(() -> slow.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(GenerationCancelledException.class);
    assertThat(constraints.begin(MANY, Cancellation.BY_INTERRUPTION)).isNotNull();
  }

  @Test
  void aVocabularyThatIsNoLongerWantedIsLookedAtByTheNextOne() {
    JsonConstraints constraints = constraints();
    AtomicInteger asked = new AtomicInteger();
    SchemaCompiler.compile("true", until(Integer.MAX_VALUE, asked));
    int compiling = asked.get() + 1;
    assertThatThrownBy(() -> constraints.begin("true", until(compiling + 1, new AtomicInteger())))
        .isInstanceOf(DeadlineExceededException.class);
    assertThat(constraints.begin("true", Cancellation.BY_INTERRUPTION)).isNotNull();
  }

  @Test
  void anErrorOfOneSchemaIsNotKept() {
    JsonConstraints constraints = constraints();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> constraints.begin("{\"not\": {}}", Cancellation.BY_INTERRUPTION))
          .hasMessageContaining("not at # is not supported");
    }
  }
}
