package io.longcat4j.acceptance;

import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.Prompt;
import io.longcat4j.RankFailedException;
import io.longcat4j.ReplyStream;
import java.io.IOException;
import java.time.Duration;

/**
 * A program whose processes are the ranks of one model, {@code KIND PATIENCE_MILLIS TASK}: rank 0
 * answers a question, or talks until it is told otherwise; the others follow. What it listens at,
 * and what fails, is printed; a failure is the exit status, as the command line has it.
 */
final class RankProgram {
  static final String QUESTION = "What color is the sky?";
  static final String READY = "ready";
  static final String LISTENS = "listens at ";
  static final String TALKING = "talking";
  static final String FAILED = "failed rank ";
  static final String AGAIN = "again: ";

  private RankProgram() {}

  public static void main(String[] args) throws IOException {
    Parallel kind = args[0].equals("mpi") ? Parallel.mpi() : Parallel.processes();
    Duration patience = Duration.ofMillis(Long.parseLong(args[1]));
    try (LongCat longcat =
        LongCat.builder().tiny().threads(1).parallel(kind.patience(patience)).build()) {
      System.out.println(READY);
      Listening.addresses().forEach(address -> System.out.println(LISTENS + address));
      if (longcat.isFollower()) {
        longcat.follow();
      } else if (args[2].equals("answer")) {
        System.out.println(longcat.generate(Prompt.user(QUESTION)).text());
        System.out.println(longcat.describe());
      } else {
        talk(longcat);
      }
    } catch (RankFailedException e) {
      System.out.println(FAILED + e.rank() + ": " + e.getMessage());
      if (args[2].equals("again")) {
        again();
      }
      System.exit(RankFailedException.EXIT_CODE);
    }
  }

  /** Longer than any test. */
  private static void talk(LongCat longcat) {
    boolean told = false;
    while (true) {
      Generation endless = Generation.builder().maxNewTokens(500).build();
      try (ReplyStream stream = longcat.stream(Prompt.user(QUESTION), endless)) {
        for (Event event : stream) {
          if (!told && event != null) {
            System.out.println(TALKING);
            told = true;
          }
        }
      }
    }
  }

  private static void again() {
    try (LongCat longcat = LongCat.tiny()) {
      System.out.println(AGAIN + longcat.generate(Prompt.user(QUESTION)).text());
    }
  }
}
