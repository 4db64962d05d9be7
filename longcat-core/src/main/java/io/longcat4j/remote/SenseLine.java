package io.longcat4j.remote;

import io.longcat4j.LongCatException;
import io.longcat4j.RankFailedException;
import io.longcat4j.parallel.Ranks;
import io.longcat4j.spi.Cancellation;
import java.util.function.Consumer;
import java.util.function.Function;

/** How rank 0 asks the rank that has the senses. Thread-safe. */
final class SenseLine {
  /** Of work that its caller always waits for. */
  static final Cancellation ALWAYS = () -> {};

  private final Ranks ranks;
  private final int rank;

  SenseLine(Ranks ranks, int rank) {
    this.ranks = ranks;
    this.rank = rank;
  }

  String where() {
    return "rank " + rank + " on " + ranks.hosts().get(rank);
  }

  <T> T ask(
      Ask ask, Consumer<MessageWriter> body, Cancellation wanted, Function<MessageReader, T> read) {
    MessageWriter question = new MessageWriter().text(ask.name());
    body.accept(question);
    MessageReader answer = new MessageReader(ranks.ask(rank, question.done(), wanted));
    try {
      return result(answer, read);
    } catch (MalformedMessageException e) {
      throw new RankFailedException(
          rank,
          ranks.hosts().get(rank),
          where()
              + ": answered what no rank answers: "
              + e.getMessage()
              + "; run the same version of the library on all ranks",
          e);
    }
  }

  private static <T> T result(MessageReader answer, Function<MessageReader, T> read) {
    if (!answer.flag("outcome")) {
      Problem problem = answer.named("error", Problem.values());
      LongCatException error = problem.error(answer.text("message"));
      answer.requireEnd();
      throw error;
    }
    T result = read.apply(answer);
    answer.requireEnd();
    return result;
  }

  /** For what is to be freed there; whoever is gone has freed it. */
  void close(Ask ask, long session) {
    try {
      Object unused = ask(ask, question -> question.large(session), ALWAYS, answer -> true);
    } catch (LongCatException e) {
      // There is nothing left to free.
    }
  }
}
