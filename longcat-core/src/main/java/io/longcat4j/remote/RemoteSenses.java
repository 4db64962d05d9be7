package io.longcat4j.remote;

import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.Vision;
import io.longcat4j.modality.Voice;
import io.longcat4j.parallel.Ranks;
import java.util.Optional;

/** Opens the senses that another rank has, on rank 0. */
public final class RemoteSenses {
  private RemoteSenses() {}

  /**
   * Waits until another rank has loaded its senses, and hears which.
   *
   * @param ranks of rank 0; not owned, closed after the last use of the senses
   * @param rank which, not 0; there a {@link SenseHost} answers
   * @return senses whose work is done there; closing them frees nothing
   * @throws io.longcat4j.RankFailedException if a rank failed, on this and on every later call
   */
  public static SenseSet open(Ranks ranks, int rank) {
    SenseLine line = new SenseLine(ranks, rank);
    return line.ask(
        Ask.DESCRIBE, question -> {}, SenseLine.ALWAYS, answer -> describe(line, answer));
  }

  private static SenseSet describe(SenseLine line, MessageReader from) {
    long mostBytes = from.large("most bytes");
    Optional<Vision> vision = Optional.empty();
    if (from.flag("vision")) {
      vision = Optional.of(new RemoteVision(line, mostBytes, told(line, from)));
    }
    Optional<Hearing> hearing = Optional.empty();
    if (from.flag("hearing")) {
      hearing = Optional.of(new RemoteHearing(line, mostBytes, told(line, from)));
    }
    Optional<Voice> voice = Optional.empty();
    if (from.flag("voice")) {
      String description = told(line, from);
      int lookAhead = from.number("frames ahead", 0, Integer.MAX_VALUE);
      int rate = from.number("rate", 1, Integer.MAX_VALUE);
      voice = Optional.of(new RemoteVoice(line, description, lookAhead, rate));
    }
    return new SenseSet(vision, hearing, voice, Results.texts(from));
  }

  private static String told(SenseLine line, MessageReader from) {
    return from.text("description") + ", on " + line.where();
  }
}
