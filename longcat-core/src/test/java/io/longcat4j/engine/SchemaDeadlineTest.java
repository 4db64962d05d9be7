package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.testing.TestData;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A schema that takes minutes to compile holds nobody up, and ends with its request. */
@Timeout(120)
class SchemaDeadlineTest {
  private static final Prompt QUESTION = Prompt.user("Describe Beijing.");

  /** All pairs of cases must be compared. */
  private static final String SLOW =
      IntStream.range(0, 50_000)
          .mapToObj(
              i ->
                  "{\"type\":\"object\",\"properties\":{\"k\":{\"const\":"
                      + i
                      + "}},\"required\":[\"k\"]}")
          .collect(Collectors.joining(",", "{\"oneOf\":[{\"type\":\"null\"},", "]}"));

  private static Generation.Builder slow() {
    return Generation.builder().maxNewTokens(5).jsonSchema(SLOW);
  }

  @Test
  void aDeadlineAnInterruptionAndClosingEndCompiling() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (LongCat longcat = LongCat.builder().model(TestData.bf16()).build()) {
      Generation impatient = slow().timeout(Duration.ofMillis(50)).build();
      assertThatThrownBy(() -> longcat.generate(QUESTION, impatient))
          .isInstanceOf(DeadlineExceededException.class);

      Future<?> patient = threads.submit(() -> longcat.generate(QUESTION, slow().build()));
      CountDownLatch started = new CountDownLatch(1);
      ExecutorService other = Executors.newSingleThreadExecutor();
      Future<?> interrupted =
          other.submit(
              () -> {
                started.countDown();
                return longcat.generate(QUESTION, slow().build());
              });
      started.await();
      Generation quick = Generation.builder().maxNewTokens(5).jsonSchema("true").build();
      assertThat(longcat.generate(QUESTION, quick).textIds()).isNotEmpty();
      other.shutdownNow();
      assertEndsCancelled(interrupted);

      assertThat(patient.isDone()).isFalse();
      Future<?> closed = threads.submit(longcat::close);
      assertEndsCancelled(patient);
      closed.get(60, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertEndsCancelled(Future<?> generation) {
    assertThatThrownBy(() -> generation.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(GenerationCancelledException.class);
  }
}
