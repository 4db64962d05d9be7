package io.longcat4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class GapControlProperties {
  private static final double GAP = 2.5;
  private static final int MOST = 64;

  /** A pass costs something, and something more for every row that joins. */
  @Property
  void aJoiningPromptTakesWhatRoomThereIsAndSeldomMore(
      @ForAll @IntRange(min = 100, max = 1_000_000) int pass,
      @ForAll @IntRange(min = 1, max = 200_000) int row) {
    GapControl control = new GapControl(MOST, GAP);
    int late = 0;
    int fed = 0;
    int passes = 500;
    for (int i = 0; i < passes; i++) {
      int rows = control.rows(4);
      assertThat(rows == 0 || (rows >= GapControl.LEAST && rows <= MOST)).isTrue();
      assertThat(rows == 0).isEqualTo(i % (GapControl.PASSES_UNSEEN + 1) == 0);
      long nanos = pass + (long) rows * row;
      late += nanos > GAP * pass && rows > GapControl.LEAST ? 1 : 0;
      fed += rows;
      control.onPass(4, rows, nanos);
    }
    assertThat(late).isLessThanOrEqualTo(passes / 100);
    double room = Math.min(MOST, (GAP - 1) * pass / row);
    assertThat((double) fed / passes).isGreaterThan(Math.max(GapControl.LEAST, room) / 4 - 1);
  }

  @Example
  void aPromptAloneTakesTheWholePass() {
    GapControl control = new GapControl(MOST, GAP);
    control.onPass(0, 512, 1);
    assertThat(control.rows(0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(control.rows(1)).isLessThanOrEqualTo(MOST);
  }

  @Example
  void anotherNumberOfRepliesIsMeasuredAnew() {
    GapControl control = new GapControl(MOST, GAP);
    assertThat(control.rows(3)).isZero();
    control.onPass(3, 0, 1_000_000);
    assertThat(control.rows(3)).isPositive();
    control.onPass(3, control.rows(3), 1_000_000);
    assertThat(control.rows(5)).isPositive();
    assertThat(control.rows(6)).isZero();
    assertThat(control.rows(1)).isZero();
  }

  @Property
  void promptsDoNotStarveBesideRepliesThatComeAndGo(@ForAll long seed) {
    Random random = new Random(seed);
    GapControl control = new GapControl(MOST, GAP);
    int last = 1;
    for (int i = 0; i < 200; i++) {
      int decoding = 1 + random.nextInt(30);
      int rows = control.rows(decoding);
      assertThat(Math.max(last, rows)).isPositive();
      control.onPass(decoding, rows, random.nextInt(3) * 1000L);
      last = rows;
    }
  }

  @Example
  void aPassThatWasHeldUpIsNotTakenForTheUsualOne() {
    GapControl control = new GapControl(MOST, GAP);
    for (int i = 0; i < 30; i++) {
      control.onPass(1, 0, i % 10 == 5 ? 100_000_000 : 1_000_000);
    }
    int before = control.rows(1);
    control.onPass(1, before, 4_000_000);
    assertThat(control.rows(1)).isLessThan(before);
  }

  @Example
  void aPassThatWasHeldUpLastHardlyMovesTheBound() {
    GapControl control = new GapControl(MOST, GAP);
    for (int i = 0; i < 30; i++) {
      control.onPass(1, 0, 1_000_000);
    }
    control.onPass(1, 0, 100_000_000);
    int before = control.rows(1);
    control.onPass(1, before, 2_800_000);
    assertThat(control.rows(1)).isLessThan(before);
  }

  @Example
  void theUsersBoundHolds() {
    GapControl control = new GapControl(5, GAP);
    control.onPass(1, 0, 1_000_000);
    for (int i = 0; i < 50; i++) {
      assertThat(control.rows(1)).isIn(0, 5);
      control.onPass(1, control.rows(1), 1_000_000);
    }
  }
}
