package io.longcat4j.cli.verify;

import io.longcat4j.Parallel;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.RankedModel;
import io.longcat4j.model.SpeechHeads;
import io.longcat4j.parallel.Introduction;
import io.longcat4j.parallel.RankGroup;
import io.longcat4j.spi.WorkerThreads;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Supplier;

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
    Parallel parallel = target.parallel();
    RankGroup group =
        RankGroup.open(
            parallel.kind(),
            parallel,
            () -> Introduction.of(checkpoint.fingerprint(), 0, 0),
            System.getenv());
    int local = group.others().size() + 1;
    WorkerThreads threads =
        WorkerThreads.unpinned(OptionalInt.of(Math.max(1, target.threads() / local)));
    Supplier<ComputeBackend> backends =
        () -> BackendSelection.onClassPath().open(target.backend(), threads, target.numerics());
    return new LoadedModel(
        checkpoint,
        RankedModel.open(checkpoint, backends, group, target.experts(), /* drafts= */ false));
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
