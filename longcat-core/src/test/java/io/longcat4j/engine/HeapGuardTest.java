package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import org.junit.jupiter.api.Test;

class HeapGuardTest {
  @Test
  void anExhaustedHeapIsAnErrorWithARemedy() {
    assertThatThrownBy(
            () ->
                HeapGuard.run(
                    "The request",
                    () -> {
                      throw new OutOfMemoryError("Java heap space");
                    }))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("The request needs more than the Java heap of ")
        .hasMessageContaining("raise it with -Xmx")
        .hasCauseInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void everythingElsePassesUnchanged() {
    assertThat(HeapGuard.<String>run("x", () -> "result")).isEqualTo("result");
    IllegalStateException other = new IllegalStateException();
    assertThatThrownBy(
            () ->
                HeapGuard.run(
                    "x",
                    () -> {
                      throw other;
                    }))
        .isSameAs(other);
  }
}
