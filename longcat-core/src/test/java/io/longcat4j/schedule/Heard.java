package io.longcat4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.LongCatException;
import io.longcat4j.decode.SpeechStep;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A sink that remembers, and holds the scheduler to the order of its calls. */
final class Heard implements Sink {
  final List<List<Integer>> chosen = new ArrayList<>();
  BooleanSupplier ready = () -> true;
  int reused = -1;
  int computed = -1;
  @Nullable Outcome outcome;
  @Nullable LongCatException failure;

  boolean ended() {
    return outcome != null || failure != null;
  }

  @Override
  public boolean ready() {
    return ready.getAsBoolean();
  }

  @Override
  public void onPrefilled(int reusedRows, int computedRows) {
    assertThat(reused).as("prefilled once").isEqualTo(-1);
    requireOpen();
    reused = reusedRows;
    computed = computedRows;
  }

  @Override
  public void onText(int id) {
    step(List.of(id));
  }

  @Override
  public void onSpeech(SpeechStep step) {
    step(Asked.ids(step));
  }

  private void step(List<Integer> ids) {
    assertThat(computed).as("prefilled first").isPositive();
    requireOpen();
    chosen.add(ids);
  }

  @Override
  public void onDone(Outcome done) {
    requireOpen();
    outcome = done;
  }

  @Override
  public void onFailed(LongCatException reason) {
    requireOpen();
    failure = reason;
  }

  private void requireOpen() {
    assertThat(ended()).as("has ended").isFalse();
  }
}
