package io.longcat4j.engine;

import io.longcat4j.Part;
import io.longcat4j.decode.PromptRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a conversation consists of so far. Immutable.
 *
 * @param head instructions, or nothing
 * @param turns complete ones, questions and replies, that have not been forgotten
 * @param rounds complete turns, forgotten ones included
 * @param lastAnswer the reply of the last turn, or null
 * @param open rows of the question that is being asked, or null where it is not encoded by parts
 * @param parts of that question
 * @param warnings what was shortened in it
 * @param encode time that its media took
 */
record TurnHistory(
    List<PromptRows> head,
    List<PromptRows> turns,
    int rounds,
    @Nullable Answer lastAnswer,
    @Nullable PromptRows open,
    List<Part> parts,
    List<String> warnings,
    Duration encode) {

  /**
   * A reply.
   *
   * @param question rows of its turn before it
   * @param recording its steps
   */
  record Answer(PromptRows question, Recording recording) {}

  static TurnHistory after(List<PromptRows> head) {
    return new TurnHistory(
        List.copyOf(head), List.of(), 0, null, null, List.of(), List.of(), Duration.ZERO);
  }

  /** Whether something is being asked. */
  boolean isOpen() {
    return !parts.isEmpty();
  }

  /** With more of the question. */
  TurnHistory grown(
      @Nullable PromptRows rows, List<Part> more, List<String> moreWarnings, Duration time) {
    return new TurnHistory(
        head,
        turns,
        rounds,
        lastAnswer,
        rows,
        Stream.concat(parts.stream(), more.stream()).toList(),
        Stream.concat(warnings.stream(), moreWarnings.stream()).toList(),
        encode.plus(time));
  }

  /** With the question asked and answered. */
  TurnHistory answered(PromptRows question, Recording recording, PromptRows turn) {
    List<PromptRows> more = new ArrayList<>(turns);
    more.add(turn);
    return new TurnHistory(
        head,
        List.copyOf(more),
        rounds + 1,
        new Answer(question, recording),
        null,
        List.of(),
        List.of(),
        Duration.ZERO);
  }

  /** With other rows for the last turn. */
  TurnHistory cut(PromptRows turn) {
    List<PromptRows> changed = new ArrayList<>(turns);
    changed.set(changed.size() - 1, turn);
    return new TurnHistory(
        head, List.copyOf(changed), rounds, lastAnswer, open, parts, warnings, encode);
  }

  /** Without the oldest turns, so that others and so many rows fit into the context. */
  TurnHistory slid(int context, long wanted) {
    int first = 0;
    int taken = before().rows();
    while (first < turns.size() && taken + wanted > context) {
      taken -= turns.get(first).rows();
      first++;
    }
    return new TurnHistory(
        head,
        turns.subList(first, turns.size()),
        rounds,
        lastAnswer,
        open,
        parts,
        warnings,
        encode);
  }

  /** All rows before the question that is being asked. */
  PromptRows before() {
    PromptRows rows = PromptRows.of(new int[0]);
    for (PromptRows segment : Stream.concat(head.stream(), turns.stream()).toList()) {
      rows = rows.then(segment);
    }
    return rows;
  }

  /** How many rows there are, those of the open question included. */
  int rows() {
    return before().rows() + (open == null ? 0 : open.rows());
  }
}
