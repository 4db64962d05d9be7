package io.longcat4j.model;

import io.longcat4j.Experts;
import io.longcat4j.LoadingListener;
import io.longcat4j.Parallel;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.parallel.Introduction;
import io.longcat4j.parallel.RankGroup;
import io.longcat4j.parallel.RankTimes;
import io.longcat4j.parallel.Ranks;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A language model over some ranks, for verification and measurements. Owns all parts that this
 * process has; the first of them is driven by the caller's thread.
 */
public final class RankedModel implements AutoCloseable {
  private final Ranks first;
  private final LocalFollowers followers;
  private final ModelPart part;
  private boolean isStuck;

  private RankedModel(Ranks first, LocalFollowers followers, ModelPart part) {
    this.first = first;
    this.followers = followers;
    this.part = part;
  }

  /**
   * Takes in a model over ranks that are threads of this process.
   *
   * @param checkpoint holds it
   * @param backends opens one for each rank, on the thread of that rank
   * @param ranks how many, at least 1
   * @param experts how they share experts
   * @param drafts whether to take in the layer for multi-token prediction
   * @return to be closed by the caller
   * @throws io.longcat4j.InvalidRequestException if the sizes cannot be shared by so many ranks
   */
  public static RankedModel open(
      Checkpoint checkpoint,
      Supplier<ComputeBackend> backends,
      int ranks,
      Experts experts,
      boolean drafts) {
    RankShapes.of(checkpoint.model(), ranks, experts);
    RankGroup group = RankGroup.local(ranks, RankTimes.DEFAULTS);
    return open(checkpoint, backends, group, experts, drafts);
  }

  /**
   * Takes in the parts of a model that this process drives.
   *
   * @param checkpoint holds it
   * @param backends opens one for each rank, on the thread of that rank
   * @param request how, with the threads of all ranks of this process together
   * @param parallel what the ranks are; processes meet here
   * @param experts how they share experts
   * @return to be closed by the caller
   * @throws io.longcat4j.LongCatException if the sizes cannot be shared by so many ranks, or ranks
   *     cannot meet
   */
  public static RankedModel open(
      Checkpoint checkpoint,
      Function<BackendRequest, ComputeBackend> backends,
      BackendRequest request,
      Parallel parallel,
      Experts experts) {
    RankGroup group =
        RankGroup.open(
            parallel.kind(),
            parallel,
            () -> Introduction.of(checkpoint.fingerprint(), 0, 0),
            System.getenv());
    int here = group.others().size() + 1;
    return openParts(
        checkpoint,
        own -> backends.apply(request.ofRank(here == 1 ? 0 : own.rank(), here)),
        group,
        experts,
        /* drafts= */ false);
  }

  static RankedModel open(
      Checkpoint checkpoint,
      Supplier<ComputeBackend> backends,
      RankGroup group,
      Experts experts,
      boolean drafts) {
    return openParts(checkpoint, own -> backends.get(), group, experts, drafts);
  }

  private static RankedModel openParts(
      Checkpoint checkpoint,
      Function<Ranks, ComputeBackend> backends,
      RankGroup group,
      Experts experts,
      boolean drafts) {
    Function<Ranks, ModelPart> loader =
        own ->
            ModelPart.load(
                checkpoint,
                backends.apply(own),
                new Sharing(own, experts, drafts),
                LoadingListener.silent(),
                warning -> {});
    Ranks first = group.own();
    LocalFollowers followers = LocalFollowers.start(group.others(), loader::apply);
    try {
      return new RankedModel(first, followers, loader.apply(first));
    } catch (RuntimeException | Error e) {
      first.abort(e);
      first.close();
      followers.close();
      throw e;
    }
  }

  /**
   * Whether another process gives the commands.
   *
   * @return true if {@link #follow} is all there is to do
   */
  public boolean isFollower() {
    return first.rank() > 0;
  }

  /**
   * Does what rank 0 does until it closes its model. Where a rank has failed and this one does not
   * come back from native code, the caller does.
   *
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  public void follow() {
    Following following = new Following(first, part, RankTimes.DEFAULTS.patience());
    try {
      following.await();
    } catch (RuntimeException | Error e) {
      first.abort(e);
      throw e;
    } finally {
      isStuck = following.isStuck();
    }
  }

  /**
   * The model, of which rank 0 is told what all do.
   *
   * @return owned by this
   */
  public LanguageModel model() {
    return part.model();
  }

  /**
   * What commands are given through.
   *
   * @return the part of rank 0, owned by this
   */
  public ModelPart part() {
    return part;
  }

  /** Ends the other ranks and frees everything; idempotent. */
  @Override
  public void close() {
    first.close();
    followers.close();
    if (!isStuck) {
      part.close();
    }
  }
}
