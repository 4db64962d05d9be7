package io.longcat4j.model;

import io.longcat4j.Backend;
import io.longcat4j.LoadingListener;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalInt;

/** A checkpoint's language model on a backend, with what it computes for some ids. */
public final class Fixture implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final ComputeBackend backend;
  private final LanguageModel model;

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
    try (PagedCache cache = model.allocateCache(ids.length);
        SequenceCache sequence = cache.open(ids.length);
        Tensor hidden = backend.allocate(ids.length, model.config().hiddenSize());
        Tensor logits = backend.allocate(ids.length, model.config().vocabSize())) {
      model.addEmbeddings(ids, hidden);
      model.forward(hidden, Batch.of(0, ids.length, sequence.slots()), cache, null);
      model.head(hidden, logits);
      return read(logits);
    }
  }

  float[] read(Tensor tensor) {
    float[] values = new float[tensor.rows() * tensor.columns()];
    model.stream().read(tensor, values, 0);
    return values;
  }

  @Override
  public void close() {
    model.close();
    backend.close();
  }
}
