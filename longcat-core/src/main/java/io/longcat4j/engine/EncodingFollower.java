package io.longcat4j.engine;

import io.longcat4j.model.Follower;
import io.longcat4j.parallel.Answering;
import io.longcat4j.parallel.Ranks;
import io.longcat4j.remote.SenseHost;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A rank that sees, hears and speaks for rank 0 beside its part of the model, on threads of its
 * own. Owns both.
 */
final class EncodingFollower implements Follower {
  private static final Logger LOG = LoggerFactory.getLogger(EncodingFollower.class);

  private final Follower part;
  private final Modalities modalities;
  private final Answering answering;

  /**
   * Begins to answer.
   *
   * @param warnings what the user of rank 0 should know
   * @param bind has the thread that answers run where its rank does
   */
  EncodingFollower(
      Ranks ranks, Follower part, Modalities modalities, List<String> warnings, Runnable bind) {
    this.part = part;
    this.modalities = modalities;
    String where = "rank " + ranks.rank() + " on " + ranks.hosts().get(ranks.rank());
    SenseHost host = new SenseHost(modalities.senses(warnings), where);
    this.answering =
        ranks.answer(
            (question, wanted) -> {
              bind.run();
              return host.answer(question, wanted);
            });
  }

  @Override
  public void follow() {
    try {
      part.follow();
    } finally {
      boolean unused = answering.end();
    }
  }

  @Override
  public void close() {
    if (answering.end()) {
      modalities.close();
    } else {
      LOG.warn("An encoder or the voice has not ended and is left alone with what it uses");
    }
    part.close();
  }
}
