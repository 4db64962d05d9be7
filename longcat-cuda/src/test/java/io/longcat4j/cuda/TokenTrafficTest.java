package io.longcat4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.LoadingListener;
import io.longcat4j.Numerics;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import io.longcat4j.model.Sharing;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes between host and device for a greedy token. */
@Tag("emulated")
class TokenTrafficTest {
  private static final int LAUNCHES_BESIDE_THE_LAYERS = 6;
  private static final int MOST_LAUNCHES_A_LAYER = 24;

  /** Where sizes are odd, products are made by kernels that do less at once. */
  private static final int MOST_LAUNCHES_OF_ODD_SIZES = 34;

  @Test
  void aGreedyTokenIsOneGraphAndAFewBytesComeBack() {
    List<Traffic> tokens = tokens(TestData.fp8(), 5);
    Traffic last = tokens.get(4);
    assertThat(last.graphs()).isEqualTo(1);
    assertThat(last.launches()).isLessThanOrEqualTo(LAUNCHES_BESIDE_THE_LAYERS);
    assertThat(last.bytesToHost()).isEqualTo(16);
    assertThat(last.bytesToDevice()).isLessThan(64);
    assertThat(tokens.get(0).graphs()).isZero();
    assertThat(launchesOfLayers(tokens) / 2).isLessThanOrEqualTo(MOST_LAUNCHES_OF_ODD_SIZES);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLayerTakesFewLaunches(boolean fp8, @TempDir Path folder) {
    List<Traffic> tokens = tokens(TensorCoreCheckpoint.write(folder, fp8), 3);
    assertThat(launchesOfLayers(tokens)).isLessThanOrEqualTo(MOST_LAUNCHES_A_LAYER);
  }

  /** By the first token, whose pass is not yet a graph; without the norm behind the last layer. */
  private static long launchesOfLayers(List<Traffic> tokens) {
    return tokens.get(0).launches() - tokens.get(tokens.size() - 1).launches() - 1;
  }

  private static List<Traffic> tokens(Path directory, int count) {
    Checkpoint checkpoint = Checkpoint.open(directory);
    try (CudaBackend backend =
            (CudaBackend)
                new EmulatedCudaProvider()
                    .open(WorkerThreads.unpinned(OptionalInt.of(1)), Numerics.BF16);
        LanguageModel model =
            LanguageModel.load(
                checkpoint.model(),
                checkpoint.weights(),
                backend,
                Sharing.none(),
                LoadingListener.silent());
        LatentCache latents = model.allocateCache(64);
        PagedCache accounts = latents.openAccounts();
        SequenceCache sequence = accounts.open(32);
        ModelRunner runner = new ModelRunner(model, null, latents, 1)) {
      List<Traffic> tokens = new ArrayList<>();
      int id = 1;
      for (int position = 0; position < count; position++) {
        Traffic before = backend.traffic();
        runner.run(Pass.ofTokens(new int[] {id}, position, sequence.table(), 0));
        id = runner.largestText(0);
        assertThat(runner.realExpertsOf(0)).isPositive();
        tokens.add(backend.traffic().since(before));
      }
      return tokens;
    }
  }
}
