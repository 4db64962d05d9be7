package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LoadingListener;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.Sharing;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("once")
class HollowCheckpointTest {
  private static final long MEGABYTE = 1_000_000;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void holes_in_several_files_are_a_checkpoint(WeightFormat format) {
    HollowCheckpoint hollow = new HollowCheckpoint(ModelSizes.tinyLayers(2), format, 100_000);

    assertThat(hollow.write(folder, Optional.empty())).isGreaterThan(2);

    Checkpoint checkpoint = Checkpoint.open(folder);
    assertThat(LanguageModel.weightBytes(checkpoint.weights(), false)).isEqualTo(hollow.bytes());
    try (ComputeBackend backend =
            BackendSelection.onClassPath().open(Backend.reference(), OptionalInt.of(1));
        LanguageModel model =
            LanguageModel.load(
                checkpoint.model(),
                checkpoint.weights(),
                backend,
                Sharing.none(),
                LoadingListener.silent())) {
      assertThat(model.unusedTensors()).isEmpty();
    }
    assertThatThrownBy(() -> hollow.write(folder, Optional.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("holds a checkpoint");
  }

  @Test
  void the_published_sizes_are_planned_and_loaded_in_little_memory() throws IOException {
    HollowCheckpoint hollow = HollowCheckpoint.of(ModelSizes.published(), WeightFormat.FP8);
    assertThat(hollow.write(folder, Optional.of(TestData.bf16()))).isEqualTo(71);
    assertThat(Checkpoint.open(folder).weights().names()).hasSize(87_195);
    assertThat(bytesOnDisk()).isBetween(562_000 * MEGABYTE, 564_000 * MEGABYTE);

    JsonNode found =
        new LoadBench(new LoadBench.Options(folder, Backend.auto(), 1024), line -> {})
            .run()
            .figures();

    assertThat(found.get("weight_bytes").longValue()).isEqualTo(hollow.bytes());
    assertThat(found.get("heap_bytes").longValue()).isLessThan(256 * MEGABYTE);
    if (Files.isReadable(Path.of("/proc/self/smaps"))) {
      assertThat(found.get("resident_bytes").longValue()).isBetween(1L, 200 * MEGABYTE);
    }
  }

  private long bytesOnDisk() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
