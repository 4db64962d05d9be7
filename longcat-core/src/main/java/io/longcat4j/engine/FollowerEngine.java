package io.longcat4j.engine;

import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Prompt;
import io.longcat4j.RankFailedException;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.model.Follower;
import io.longcat4j.model.Following;
import io.longcat4j.model.ModelPart;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.EventSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that is a rank other than the first: it holds its part of the model and does what rank
 * 0 does. Thread-safe, but for {@link #follow}, which one thread calls once.
 */
final class FollowerEngine implements Engine {
  private static final Logger LOG = LoggerFactory.getLogger(FollowerEngine.class);

  private final RankTeam team;
  private final Follower part;
  private final String description;
  private final Following following;
  private final AtomicBoolean followed = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  private FollowerEngine(RankTeam team, Follower part, String description, Following following) {
    this.team = team;
    this.part = part;
    this.description = description;
    this.following = following;
  }

  static FollowerEngine open(EngineOptions options, BackendSelection backends) {
    Checkpoint checkpoint = Checkpoint.open(options.model());
    Placement placement = Planning.placement(options, checkpoint);
    DeviceBudget budget = Planning.budget(options, checkpoint, backends);
    RankTeam team = RankTeam.join(options, checkpoint, placement, budget);
    try {
      RankLoader loader = new RankLoader(options, checkpoint, backends, placement, budget);
      ModelPart part =
          loader
              .loadHere(team.own(), options.listener(), warning -> LOG.warn("{}", warning))
              .part();
      String description =
          "rank %d of %s%n%s"
              .formatted(
                  team.own().rank(), team.own().describe(), part.model().backend().describe());
      Follower follower = loader.withSenses(team.own(), part, options.listener());
      Following following = new Following(team.own(), follower, options.parallel().patience());
      return new FollowerEngine(team, follower, description, following);
    } catch (RuntimeException | Error e) {
      team.own().abort(e);
      team.close();
      throw e;
    }
  }

  @Override
  public boolean isFollower() {
    return true;
  }

  @Override
  public void follow() {
    if (!followed.compareAndSet(false, true)) {
      throw new IllegalStateException("this rank has followed already; build a new LongCat");
    }
    try {
      following.await();
    } catch (RankFailedException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      team.own().abort(e);
      throw e;
    } finally {
      close();
    }
  }

  @Override
  public EventSource<Event> stream(Prompt prompt, Generation generation) {
    throw refused();
  }

  @Override
  public Conversation conversation(ConversationOptions options) {
    throw refused();
  }

  private InvalidRequestException refused() {
    return new InvalidRequestException(
        "This process is rank "
            + team.own().rank()
            + ", which answers nothing itself; call follow() here, and ask on rank 0");
  }

  @Override
  public String describe() {
    return description;
  }

  /** Before rank 0 has closed, this is a failure to all other ranks. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      team.close();
      if (following.isStuck()) {
        LOG.warn("This rank stands still in native code and is left alone with what it uses");
      } else {
        part.close();
      }
    }
  }
}
