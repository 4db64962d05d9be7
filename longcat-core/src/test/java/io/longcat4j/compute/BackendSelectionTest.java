package io.longcat4j.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.BackendException;
import io.longcat4j.MissingModuleException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.reference.ReferenceProvider;
import io.longcat4j.spi.WorkerThreads;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class BackendSelectionTest {
  /** A backend that is preferred but does not work here. */
  private record Broken(String name, int priority) implements ComputeProvider {
    @Override
    public ComputeBackend open(WorkerThreads threads, Numerics numerics) {
      throw new BackendException("no such chip; buy one");
    }
  }

  private final BackendSelection withBroken =
      new BackendSelection(List.of(new ReferenceProvider(), new Broken("chip", 500)));

  @Test
  void a_backend_is_opened_by_name() {
    try (ComputeBackend backend =
        BackendSelection.onClassPath().open(Backend.reference(), OptionalInt.empty())) {
      assertThat(backend.name()).isEqualTo("reference");
    }
  }

  @Test
  void numerics_that_a_backend_does_not_know_are_refused_with_the_remedy() {
    assertThatThrownBy(
            () ->
                BackendSelection.onClassPath()
                    .open(
                        Backend.reference(),
                        WorkerThreads.unpinned(OptionalInt.empty()),
                        Numerics.BF16))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Numerics.EXACT");
  }

  @Test
  void auto_opens_one_that_works() {
    try (ComputeBackend backend =
        BackendSelection.onClassPath().open(Backend.auto(), OptionalInt.of(1))) {
      assertThat(backend.name()).isIn("cpu", "reference");
    }
  }

  @Test
  void auto_falls_back_with_one_loud_line_that_says_what_to_do() {
    PrintStream original = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (ComputeBackend backend = withBroken.open(Backend.auto(), OptionalInt.empty())) {
      assertThat(backend.name()).isEqualTo("reference");
    } finally {
      System.setErr(original);
    }
    assertThat(log.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("WARN", "reference", "chip: no such chip; buy one");
  }

  @Test
  void a_fall_back_is_told_to_whoever_asked_and_no_other_choice_is_one() {
    BackendRequest one =
        BackendRequest.of(WorkerThreads.unpinned(OptionalInt.of(1)), Numerics.EXACT);
    BackendSelection.Selected selected = withBroken.select(Backend.auto(), one);
    selected.backend().close();
    assertThat(selected.fallback().orElseThrow())
        .contains("Computing on the backend reference", "chip: no such chip; buy one");
    selected = withBroken.select(Backend.reference(), one);
    selected.backend().close();
    assertThat(selected.fallback()).isEmpty();
  }

  @Test
  void a_backend_asked_for_by_name_does_not_fall_back() {
    assertThatThrownBy(() -> withBroken.open(new Backend("chip"), OptionalInt.empty()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("buy one");
  }

  @Test
  void an_unknown_backend_is_answered_with_the_known_ones() {
    assertThatThrownBy(() -> withBroken.open(new Backend("abacus"), OptionalInt.empty()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("abacus")
        .hasMessageContaining("auto, chip, reference");
  }

  @Test
  void auto_passes_over_a_tool_that_is_asked_for_by_name() {
    ComputeProvider tool = new Tool();
    BackendSelection selection =
        new BackendSelection(List.of(tool, new ReferenceProvider(), new Broken("chip", 9)));
    try (ComputeBackend chosen = selection.open(Backend.auto(), OptionalInt.empty())) {
      assertThat(chosen.name()).isEqualTo("reference");
    }
    assertThatThrownBy(() -> selection.open(new Backend("tool"), OptionalInt.empty()))
        .isInstanceOf(BackendException.class)
        .hasMessage("was asked for");
  }

  private static final class Tool implements ComputeProvider {
    @Override
    public String name() {
      return "tool";
    }

    @Override
    public int priority() {
      return 1000;
    }

    @Override
    public boolean isAutomatic() {
      return false;
    }

    @Override
    public ComputeBackend open(WorkerThreads threads, Numerics numerics) {
      throw new BackendException("was asked for");
    }
  }

  @Test
  void cuda_without_its_artifact_names_the_artifact() {
    assertThatThrownBy(() -> withBroken.open(Backend.cuda(), OptionalInt.empty()))
        .isInstanceOf(MissingModuleException.class)
        .hasMessageContaining("io.longcat4j:longcat-cuda");
  }

  @Test
  void no_working_backend_at_all_lists_every_reason() {
    BackendSelection none = new BackendSelection(List.of(new Broken("a", 1), new Broken("b", 2)));
    assertThatThrownBy(() -> none.open(Backend.auto(), OptionalInt.empty()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("a: no such chip")
        .hasMessageContaining("b: no such chip");
    assertThatThrownBy(
            () -> new BackendSelection(List.of()).open(Backend.auto(), OptionalInt.of(1)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("class path");
  }
}
