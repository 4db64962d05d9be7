package io.longcat4j.model;

import io.longcat4j.Backend;
import io.longcat4j.Experts;
import io.longcat4j.LoadingListener;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import io.longcat4j.parallel.RankGroup;
import io.longcat4j.parallel.RankTimes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A checkpoint's language model on a backend, with what it computes for some ids. */
public final class Fixture implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final ComputeBackend backend;
  private final LanguageModel model;
  private @Nullable RankedModel ranked;
  private @Nullable Fixture alone;

  private Fixture(Checkpoint checkpoint, ComputeBackend backend, LanguageModel model) {
    this.checkpoint = checkpoint;
    this.backend = backend;
    this.model = model;
  }

  public static Fixture open(Path directory, Backend wanted) {
    return open(directory, wanted, false);
  }

  /** With the layer for multi-token prediction. */
  public static Fixture openDrafting(Path directory, Backend wanted) {
    return open(directory, wanted, true);
  }

  private static Fixture open(Path directory, Backend wanted, boolean drafts) {
    return open(directory, BackendSelection.onClassPath().open(wanted, OptionalInt.of(2)), drafts);
  }

  /** Over a backend of the caller's making, which is closed with it. */
  static Fixture open(Path directory, ComputeBackend backend, boolean drafts) {
    Checkpoint checkpoint = Checkpoint.open(directory);
    return new Fixture(
        checkpoint,
        backend,
        LanguageModel.load(
            checkpoint.model(),
            checkpoint.weights(),
            backend,
            Sharing.none().withDrafts(drafts),
            LoadingListener.silent()));
  }

  /** Over ranks that are threads; {@link #alone} is the same checkpoint on one rank. */
  public static Fixture openRanked(Path directory, Backend wanted, int ranks, boolean drafts) {
    Fixture fixture =
        openRanked(
            directory,
            () -> BackendSelection.onClassPath().open(wanted, OptionalInt.of(1)),
            RankGroup.local(ranks, RankTimes.DEFAULTS),
            drafts);
    fixture.alone = open(directory, wanted, drafts);
    return fixture;
  }

  /** Over backends of the caller's making, which are closed with it. */
  static Fixture openRanked(Path directory, Supplier<ComputeBackend> backends, int ranks) {
    RankGroup group = RankGroup.local(ranks, RankTimes.DEFAULTS);
    return openRanked(directory, backends, group, /* drafts= */ false);
  }

  /** Over ranks of the caller's making, which are closed with it. */
  public static Fixture openRanked(Path directory, Backend wanted, RankGroup group) {
    return openRanked(
        directory,
        () -> BackendSelection.onClassPath().open(wanted, OptionalInt.of(1)),
        group,
        /* drafts= */ false);
  }

  private static Fixture openRanked(
      Path directory, Supplier<ComputeBackend> backends, RankGroup group, boolean drafts) {
    Checkpoint checkpoint = Checkpoint.open(directory);
    RankedModel ranked = RankedModel.open(checkpoint, backends, group, Experts.AUTO, drafts);
    LanguageModel model = ranked.model();
    Fixture fixture = new Fixture(checkpoint, model.backend(), model);
    fixture.ranked = ranked;
    return fixture;
  }

  /** The same checkpoint on one rank. */
  public Fixture alone() {
    return alone == null ? this : alone;
  }

  public static TensorSource golden(Path checkpoint) {
    return SafetensorsFile.open(checkpoint.resolve("golden/golden.safetensors"));
  }

  public static int[] ids(StoredTensor tensor) {
    ByteBuffer raw = tensor.bytes(0, (int) tensor.byteSize());
    int[] ids = new int[(int) tensor.shape().elements()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) raw.getLong(8 * i);
    }
    return ids;
  }

  public LanguageModel model() {
    return model;
  }

  public SpeechHeads speechHeads() {
    return new SpeechHeads(model, checkpoint.audioOutputLayers(), checkpoint.audioEmbeddings());
  }

  /** Logits of every position, all fed at once. */
  float[] logits(int[] ids) {
    return logits(ids, null);
  }

  /** The same, under somebody's eyes. */
  float[] logits(int[] ids, LanguageModel.@Nullable LayerListener listener) {
    int vocabulary = model.config().vocabSize();
    float[] all = new float[ids.length * vocabulary];
    try (Served served = Served.of(model, null, ids.length);
        SequenceCache sequence = served.cache().open(ids.length)) {
      int[] rows = IntStream.range(0, ids.length).toArray();
      served.runner().run(Pass.ofTokens(ids, 0, sequence.table(), rows), listener);
      float[] row = new float[vocabulary];
      for (int i = 0; i < ids.length; i++) {
        served.runner().textLogits(i, row);
        System.arraycopy(row, 0, all, i * vocabulary, vocabulary);
      }
    }
    return all;
  }

  float[] read(Tensor tensor) {
    float[] values = new float[tensor.rows() * tensor.columns()];
    model.stream().read(tensor, values, 0);
    return values;
  }

  @Override
  public void close() {
    if (ranked != null) {
      ranked.close();
      if (alone != null) {
        alone.close();
      }
    } else {
      model.close();
      backend.close();
    }
  }
}
