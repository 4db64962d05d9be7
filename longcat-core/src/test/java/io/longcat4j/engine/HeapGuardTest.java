package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapGuardTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Java heap space                              | the Java heap of    | -Xmx
          GC overhead limit exceeded                   | the Java heap of    | -Xmx
          unable to create native thread: possibly out of memory or process/resource limits reached \
          | another thread | ulimit -u
          Cannot reserve 99 bytes of direct buffer memory (allocated: 1, limit: 2) | direct memory \
          | -XX:MaxDirectMemorySize
          Metaspace                                    | room for classes    | -XX:MaxMetaspaceSize
          Compressed class space                       | room for classes    | -XX:MaxMetaspaceSize
          Map failed                                   | maps more files     | vm.max_map_count
          Requested array size exceeds VM limit        | larger than the JVM | smaller or fewer
          Physical memory usage is too high            | more memory than    | free some
          """)
  void whatTheJvmHasRunOutOfIsToldWithItsRemedy(String message, String what, String remedy) {
    OutOfMemoryError error = new OutOfMemoryError(message);
    assertThatThrownBy(
            () ->
                HeapGuard.run(
                    "The request",
                    () -> {
                      throw error;
                    }))
        .isInstanceOf(BackendException.class)
        .hasMessageStartingWith("The request ")
        .hasMessageContaining(what)
        .hasMessageContaining(message)
        .hasMessageContaining(remedy)
        .hasCause(error);
    if (!remedy.equals("-Xmx")) {
      assertThatThrownBy(
              () ->
                  HeapGuard.run(
                      "x",
                      () -> {
                        throw error;
                      }))
          .hasMessageNotContaining("-Xmx");
    }
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
