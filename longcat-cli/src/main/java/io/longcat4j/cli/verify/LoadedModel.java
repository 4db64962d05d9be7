package io.longcat4j.cli.verify;

import io.longcat4j.LoadingListener;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.SpeechHeads;
import io.longcat4j.model.Sharing;
import io.longcat4j.spi.WorkerThreads;
import java.util.OptionalInt;

/** A checkpoint's language model, taken in for one stage. */
final class LoadedModel implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final ComputeBackend backend;
  private final LanguageModel model;

  private LoadedModel(Checkpoint checkpoint, ComputeBackend backend, LanguageModel model) {
    this.checkpoint = checkpoint;
    this.backend = backend;
    this.model = model;
  }

  static LoadedModel open(Target target) {
    Checkpoint checkpoint = Checkpoint.open(target.checkpoint());
    ComputeBackend backend =
        BackendSelection.onClassPath()
            .open(
                target.backend(),
                WorkerThreads.unpinned(OptionalInt.of(target.threads())),
                target.numerics());
    try {
      LanguageModel model =
          LanguageModel.load(
              checkpoint.model(),
              checkpoint.weights(),
              backend,
              Sharing.none(),
              LoadingListener.silent());
      return new LoadedModel(checkpoint, backend, model);
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  LanguageModel model() {
    return model;
  }

  EndOfText endOfText() {
    return checkpoint.endOfText();
  }

  SpeechHeads speechHeads() {
    return new SpeechHeads(model, checkpoint.audioOutputLayers(), checkpoint.audioEmbeddings());
  }

  @Override
  public void close() {
    model.close();
    backend.close();
  }
}
