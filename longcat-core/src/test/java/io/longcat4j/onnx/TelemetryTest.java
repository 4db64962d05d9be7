package io.longcat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TelemetryTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "linux-x64/libonnxruntime.so",
        "linux-aarch64/libonnxruntime.so",
        "osx-aarch64/libonnxruntime.dylib"
      })
  void the_version_that_comes_with_this_library_has_none(String name) throws IOException {
    Path library = folder.resolve("library");
    try (InputStream in =
        OrtEnvironment.class.getResourceAsStream("/ai/onnxruntime/native/" + name)) {
      Files.copy(Objects.requireNonNull(in), library);
    }
    assertThat(Telemetry.asksFor(library)).isFalse();
  }

  @Test
  void the_variable_is_found_wherever_it_is() throws IOException {
    for (int before : List.of(0, 1, (1 << 20) - 21, (1 << 20) - 5, 1 << 20, 3_000_000)) {
      assertThat(Telemetry.asksFor(library(before, Telemetry.VARIABLE))).isTrue();
    }
    assertThat(Telemetry.asksFor(library(7, "ORORT_DISABLE_TELEMETRY"))).isTrue();
    assertThat(Telemetry.asksFor(library(7, "ORT_DISABLE_TELEMETR"))).isFalse();
    assertThat(Telemetry.asksFor(library(0, ""))).isFalse();
  }

  @Test
  void a_version_that_reports_is_refused_where_nothing_can_forbid_it() throws IOException {
    assumeFalse("1".equals(System.getenv(Telemetry.VARIABLE)), "forbidden from outside");
    Path library = library(1000, Telemetry.VARIABLE);
    assertThatThrownBy(() -> Telemetry.prevent(library, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(library.toString())
        .hasMessageContaining("ORT_DISABLE_TELEMETRY=1");
    assertThatCode(() -> Telemetry.prevent(library(1000, ""), false)).doesNotThrowAnyException();
  }

  private Path library(int before, String name) throws IOException {
    Path library = folder.resolve("library" + before + name);
    return Files.write(
        library, ("x".repeat(before) + name + "\0y").getBytes(StandardCharsets.US_ASCII));
  }
}
