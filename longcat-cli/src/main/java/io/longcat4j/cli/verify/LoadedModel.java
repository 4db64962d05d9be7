package io.longcat4j.cli.verify;

import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.RankedModel;
import io.longcat4j.model.SpeechHeads;
import io.longcat4j.spi.WorkerThreads;
import java.util.Objects;
import java.util.OptionalInt;

/** A checkpoint's language model over the ranks that were asked for, taken in for one stage. */
final class LoadedModel implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final RankedModel ranked;

  private LoadedModel(Checkpoint checkpoint, RankedModel ranked) {
    this.checkpoint = checkpoint;
    this.ranked = ranked;
  }

  static LoadedModel open(Target target) {
    Checkpoint checkpoint = Checkpoint.open(target.checkpoint());
    BackendSelection backends = BackendSelection.onClassPath();
    WorkerThreads threads = WorkerThreads.unpinned(OptionalInt.of(target.threads()));
    RankedModel ranked =
        RankedModel.open(
            checkpoint,
            request -> backends.open(target.backend(), request),
            new BackendRequest(
                threads, target.numerics(), target.gpus(), /* rank= */ 0, /* ranks= */ 1, 0),
            target.parallel(),
            target.experts());
    return new LoadedModel(checkpoint, ranked);
  }

  /** Takes part in what another process verifies, to its end. */
  void follow() {
    ranked.follow();
  }

  LanguageModel model() {
    return ranked.model();
  }

  EndOfText endOfText() {
    return checkpoint.endOfText();
  }

  SpeechHeads speechHeads() {
    return Objects.requireNonNull(ranked.part().heads(), "the checkpoint has no speech heads");
  }

  @Override
  public void close() {
    ranked.close();
  }
}
