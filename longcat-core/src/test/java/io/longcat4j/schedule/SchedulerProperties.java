package io.longcat4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Attention;
import io.longcat4j.Attention.Scorer;
import io.longcat4j.Backend;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.model.Fixture;
import io.longcat4j.model.Served;
import io.longcat4j.model.SpeechHeads;
import io.longcat4j.testing.DraftingCheckpoint;
import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Random schedules under a virtual clock; the driver is the test itself. */
@Tag("once")
class SchedulerProperties {
  /** Enough for the longest single request, too little for several. */
  private static final int FEW_POSITIONS = 7 * PagedCache.PAGE_POSITIONS;

  private static final int RUNS = Boolean.getBoolean("longcat.nightly") ? 10 : 1;

  private static final int MANY_POSITIONS = 100 * PagedCache.PAGE_POSITIONS;

  private static Fixture bf16;
  private static Fixture fp8;
  private static Fixture wrongDrafts;
  private static Fixture rightDrafts;
  private static Fixture bf16OverRanks;
  private static Fixture draftsOverRanks;

  private static Path folder;

  @BeforeContainer
  static void open() throws IOException {
    bf16 = open(TestData.bf16());
    fp8 = open(TestData.fp8());
    folder = Files.createTempDirectory("drafting");
    Path random = DraftingCheckpoint.random(folder.resolve("random"));
    wrongDrafts = Fixture.openDrafting(random, Backend.auto());
    Path predictable = DraftingCheckpoint.predictable(folder.resolve("predictable"));
    rightDrafts = Fixture.openDrafting(predictable, Backend.auto());
    bf16OverRanks = Fixture.openRanked(TestData.bf16(), Backend.auto(), 2, /* drafts= */ false);
    draftsOverRanks = Fixture.openRanked(predictable, Backend.auto(), 2, /* drafts= */ true);
  }

  private static Fixture open(Path checkpoint) {
    return Fixture.open(checkpoint, Backend.auto());
  }

  @AfterContainer
  static void close() throws IOException {
    List.of(bf16, fp8, wrongDrafts, rightDrafts, bf16OverRanks, draftsOverRanks)
        .forEach(Fixture::close);
    try (Stream<Path> files = Files.walk(folder).sorted(Comparator.reverseOrder())) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 1)
  void idsAreThoseOfTheRequestAlone(@ForAll long seed) {
    runMany(bf16, seed, MANY_POSITIONS, 0);
  }

  @Property(tries = 1)
  void idsAreThoseOfTheRequestAloneWhereFewFitIntoTheCache(@ForAll long seed) {
    runMany(bf16, seed, FEW_POSITIONS, 0);
  }

  @Property(tries = 1)
  void idsAreThoseOfTheRequestAloneWhereEachHeadKeepsFewPositions(@ForAll long seed) {
    runMany(bf16, seed, FEW_POSITIONS, 8);
  }

  @Property(tries = 1)
  void idsAreThoseOfTheRequestAloneOnEightBitWeights(@ForAll long seed) {
    runMany(fp8, seed, FEW_POSITIONS, 0);
  }

  @Property(tries = 1)
  void idsOverTwoRanksAreThoseOfTheRequestAloneOnOne(@ForAll long seed) {
    runMany(bf16OverRanks, seed, FEW_POSITIONS, 0);
  }

  @Property(tries = 1)
  void idsOverTwoRanksAreThoseOfOneWhereEachHeadKeepsFewPositions(@ForAll long seed) {
    runMany(bf16OverRanks, seed, MANY_POSITIONS, 8);
  }

  @Property(tries = 1)
  void idsOverTwoRanksAreThoseOfOneWithoutDrafts(@ForAll long seed) {
    runMany(draftsOverRanks, seed, FEW_POSITIONS, 0);
  }

  @Property(tries = 1)
  void idsAreThoseWithoutDraftsWhereMostAreRight(@ForAll long seed) {
    runMany(rightDrafts, seed, MANY_POSITIONS, 0);
  }

  @Property(tries = 1)
  void idsAreThoseWithoutDraftsWhereFewFitIntoTheCache(@ForAll long seed) {
    runMany(rightDrafts, seed, FEW_POSITIONS, 0);
  }

  @Property(tries = 1)
  void idsAreThoseWithoutDraftsWhereHardlyOneIsRight(@ForAll long seed) {
    runMany(wrongDrafts, seed, FEW_POSITIONS, 0);
  }

  @Example
  void draftsAreRightAndWrongAndOfTextAlone() {
    int[] right = drafts(rightDrafts, 0, 3);
    assertThat(right[1]).isGreaterThan(20).isBetween(right[0] / 4, right[0] - 20);
    int[] wrong = drafts(wrongDrafts, 0, 3);
    assertThat(wrong[1]).isLessThan(wrong[0] / 10);
    assertThat(wrong[0]).isGreaterThan(100);
    int[] ofFewPositions = drafts(rightDrafts, 8, 3);
    assertThat(ofFewPositions[1]).isBetween(20, ofFewPositions[0] - 1);
    assertThat(drafts(bf16, 0, 1)).containsOnly(0);
  }

  private static void runMany(Fixture fixture, long seed, int positions, int topK) {
    Random seeds = new Random(seed);
    for (int i = 0; i < RUNS; i++) {
      run(fixture, seeds.nextLong(), positions, topK);
    }
  }

  private static int[] drafts(Fixture fixture, int topK, int runs) {
    int[] counts = new int[2];
    for (long seed = 1; seed <= runs; seed++) {
      for (Sent sent : run(fixture, seed, FEW_POSITIONS, topK)) {
        if (sent.heard.outcome != null) {
          Outcome.Figures figures = sent.heard.outcome.figures();
          assertThat(figures.accepted()).isBetween(0, figures.drafted());
          assertThat(figures.drafted()).isLessThan(sent.asked.speech() ? 1 : figures.steps() + 1);
          counts[0] += figures.drafted();
          counts[1] += figures.accepted();
        }
      }
    }
    return counts;
  }

  @Example
  void theSchedulesAreWild() {
    int reused = 0;
    int preempted = 0;
    int cancelled = 0;
    int late = 0;
    for (long seed = 1; seed <= 4; seed++) {
      for (Sent sent : run(bf16, seed, FEW_POSITIONS, 0)) {
        Outcome outcome = sent.heard.outcome;
        reused += outcome == null ? 0 : outcome.figures().promptReused();
        preempted += outcome == null ? 0 : outcome.figures().preemptions();
        cancelled += sent.heard.failure instanceof GenerationCancelledException ? 1 : 0;
        late += sent.heard.failure instanceof DeadlineExceededException ? 1 : 0;
      }
    }
    assertThat(List.of(reused, preempted, cancelled, late)).allMatch(count -> count > 0);
  }

  private static List<Sent> run(Fixture fixture, long seed, int positions, int topK) {
    try (World world = new World(fixture, new Random(seed), positions, topK)) {
      for (int i = 0; i < 60; i++) {
        world.somethingHappens();
        world.scheduler.runOneStep();
      }
      world.runToTheEnd();
      world.check();
      return world.all;
    }
  }

  /** A request in the world, and what shall become of it. */
  private static final class Sent {
    private final Asked asked;
    private final Heard heard;
    private final Ticket ticket;
    private boolean cancelled;
    private boolean limited;

    Sent(Asked asked, Heard heard, Ticket ticket) {
      this.asked = asked;
      this.heard = heard;
      this.ticket = ticket;
    }
  }

  private static final class World implements AutoCloseable {
    private final Fixture fixture;
    private final SpeechHeads heads;
    private final Random random;
    private final AttentionPolicy policy;
    private final Served served;
    private final PagedCache cache;
    private final Scheduler scheduler;
    private final List<Sent> all = new ArrayList<>();
    private boolean full = true;
    private long now;

    World(Fixture fixture, Random random, int positions, int topK) {
      this.fixture = fixture;
      this.heads = fixture.speechHeads();
      this.random = random;
      this.policy =
          topK == 0
              ? AttentionPolicy.dense()
              : sparse(topK, random.nextInt(fixture == bf16OverRanks ? 5 : 8));
      this.served = Served.of(fixture.model(), heads, positions, policy);
      this.cache = served.cache();
      this.scheduler =
          new Scheduler(
              served.runner(),
              policy,
              cache,
              new Limits(1 + random.nextInt(16), 1000),
              decoding -> random.nextInt(40),
              () -> now,
              3);
    }

    private static AttentionPolicy sparse(int topK, int kind) {
      return AttentionPolicy.of(
          switch (kind) {
            case 0 -> Attention.topK(topK);
            case 1 -> Attention.approximate(topK, Scorer.INT8);
            case 2 -> Attention.parse("pages:" + topK + ",recent=2,dense-prefix=20");
            case 3 -> Attention.parse("pages:0.2:" + topK + ",blocks=1");
            case 4 -> Attention.sinkAndWindow(1, topK);
            case 5 -> Attention.parse("columns:" + topK + ",recent=1");
            case 6 -> Attention.parse("top-k:" + topK + ",shared");
            default -> Attention.parse("int8:" + topK + ",shared,sinks=1");
          });
    }

    void somethingHappens() {
      now += random.nextInt(1000);
      int what = random.nextInt(12);
      if (what < 4) {
        submit(Asked.random(random, fixture.model()));
      } else if (what == 4 && !all.isEmpty()) {
        Sent sent = all.get(random.nextInt(all.size()));
        sent.ticket.cancel(new GenerationCancelledException("the test wants it"));
        sent.cancelled = true;
      } else if (what < 8 && !all.isEmpty()) {
        goOn(all.get(random.nextInt(all.size())));
      }
    }

    private void submit(Asked asked) {
      Heard heard = new Heard();
      boolean limited = random.nextInt(8) == 0;
      heard.ready = () -> !full || random.nextInt(5) > 0;
      Submission submission =
          new Submission(
              asked.prompt(),
              asked.decoding(),
              asked.limit(),
              random.nextInt(3) - 1,
              limited ? Optional.of(Duration.ofNanos(random.nextInt(8000))) : Optional.empty(),
              heard);
      Sent sent = new Sent(asked, heard, scheduler.submit(submission));
      sent.limited = limited;
      all.add(sent);
    }

    /** Another turn of the same conversation, or another try from the middle of it. */
    private void goOn(Sent sent) {
      if (sent.heard.outcome != null) {
        PromptRows history = sent.heard.outcome.history();
        PromptRows kept = history.first(1 + random.nextInt(history.rows()));
        PromptRows next = PromptRows.of(random.ints(1 + random.nextInt(5), 5, 600).toArray());
        if (kept.rows() + next.rows() + sent.asked.limit() <= FEW_POSITIONS) {
          Asked asked = sent.asked;
          submit(new Asked(kept.then(next), asked.speech(), asked.limit(), asked.style()));
        }
      }
    }

    void runToTheEnd() {
      full = false;
      int steps = 0;
      while (scheduler.runOneStep()) {
        assertThat(steps++).as("it comes to an end").isLessThan(20_000);
      }
    }

    void check() {
      Fixture one = fixture.alone();
      for (Sent sent : all) {
        List<List<Integer>> alone = sent.asked.alone(one.model(), one.speechHeads(), policy);
        assertThat(sent.heard.ended()).isTrue();
        if (sent.heard.outcome != null) {
          assertThat(sent.heard.chosen).isEqualTo(alone);
          checkFigures(sent.heard, sent.asked);
        } else {
          assertThat(alone.subList(0, sent.heard.chosen.size())).isEqualTo(sent.heard.chosen);
          assertThat(sent.heard.failure)
              .isInstanceOfAny(GenerationCancelledException.class, DeadlineExceededException.class);
          assertThat(sent.cancelled || sent.limited).isTrue();
        }
      }
      assertThat(scheduler.waiting()).isZero();
      assertThat(cache.pages() - cache.freePages()).isEqualTo(scheduler.keptPages());
    }

    private static void checkFigures(Heard heard, Asked asked) {
      Outcome.Figures figures = heard.outcome.figures();
      assertThat(figures.promptReused()).isEqualTo(heard.reused);
      assertThat(figures.promptComputed()).isEqualTo(heard.computed);
      assertThat(heard.reused + heard.computed).isEqualTo(asked.prompt().rows());
      assertThat(figures.steps()).isEqualTo(heard.chosen.size());
      assertThat(figures.queued().isNegative()).isFalse();
      assertThat(figures.experts().mean()).isPositive();
      assertThat(figures.cacheBytes()).isPositive();
      assertThat(heard.outcome.history().rows()).isEqualTo(asked.prompt().rows() + figures.steps());
    }

    @Override
    public void close() {
      scheduler.close();
      assertThat(cache.freePages()).isEqualTo(cache.pages());
      served.close();
    }
  }
}
