package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.Prompt;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Engines that are never closed, one after the other, in a small heap. */
class LeakedEnginesTest {

  /** Forgets engines; some with a reply that is still being made. */
  static final class Forgetting {
    private static final Generation FEW =
        Generation.builder().maxNewTokens(4).ignoreEos(true).build();
    private static final Generation ENDLESS = FEW.toBuilder().maxNewTokens(900).build();

    private Forgetting() {}

    public static void main(String[] arguments) throws InterruptedException {
      int engines = Integer.parseInt(arguments[0]);
      List<Integer> expected = ask(0);
      for (int i = 1; i < engines; i++) {
        if (!ask(i).equals(expected)) {
          throw new AssertionError("engine " + i + " gives other ids");
        }
      }
      while (threads() > 0) {
        System.gc();
        Thread.sleep(50);
      }
      System.out.println("all " + engines + " engines are gone");
    }

    private static List<Integer> ask(int index) {
      Parallel ranks = index % 5 == 2 ? Parallel.local(2) : Parallel.single();
      LongCat leaked = RandomCheckpoint.builder().parallel(ranks).build();
      List<Integer> ids = leaked.generate(Prompt.user("Who are you?"), FEW).textIds();
      if (index % 4 == 3) {
        leaked.stream(Prompt.user("Tell me a story."), ENDLESS).iterator().next();
      }
      return ids;
    }

    private static long threads() {
      return Thread.getAllStackTraces().keySet().stream()
          .map(Thread::getName)
          .filter(name -> name.equals("longcat-scheduler") || name.startsWith("longcat-rank"))
          .count();
    }
  }

  @Test
  void they_answer_as_the_first_does_and_all_of_them_go_in_the_end() throws Exception {
    int engines = Length.of(20, 800);
    ProgramRun run = ProgramRun.of(Forgetting.class, "-Xmx96m", engines);
    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.output()).contains("all " + engines + " engines are gone");
  }
}
