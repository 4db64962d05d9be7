package io.longcat4j.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.spi.Cancellation;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever a schema looks like, it is compiled or refused with a typed error, and soon. */
@Tag("once")
class SchemaFuzzTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("longcat.nightly");
  private static final int SCHEMAS = NIGHTLY ? 600_000 : 20_000;
  private static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(20);

  @Test
  void mutatedSchemasAreCompiledOrRefused() {
    long seed = NIGHTLY ? System.nanoTime() : 15;
    SchemaMutations mutations = new SchemaMutations(seed);
    Random random = new Random(seed);
    int compiled = 0;
    for (int i = 0; i < SCHEMAS; i++) {
      String schema = mutations.next();
      try {
        walk(SchemaCompiler.compile(schema, endingAfter(HANGS_NANOS)), random);
        compiled++;
      } catch (InvalidRequestException e) {
        assertThat(e).hasMessageContaining("JSON schema");
      } catch (RuntimeException | StackOverflowError e) {
        fail("seed " + seed + ", schema " + i + ": " + schema, e);
      }
    }
    assertThat(compiled).isBetween(SCHEMAS / 50, SCHEMAS - SCHEMAS / 50);
  }

  private static Cancellation endingAfter(long nanos) {
    long start = System.nanoTime();
    return () -> {
      if (System.nanoTime() - start > nanos) {
        throw new IllegalStateException("still compiling");
      }
    };
  }

  /** Every document that is begun goes on until it is complete. */
  private static void walk(Network network, Random random) {
    Configurations automaton = new Configurations(network);
    int state = automaton.start();
    for (int step = 0; step < 12; step++) {
      int first = random.nextInt(256);
      int next = Configurations.DEAD;
      for (int b = 0; b < 256 && next == Configurations.DEAD; b++) {
        next = automaton.next(state, (first + b) & 0xff);
      }
      if (next == Configurations.DEAD) {
        assertThat(automaton.isComplete(state)).isTrue();
        return;
      }
      state = next;
    }
  }
}
