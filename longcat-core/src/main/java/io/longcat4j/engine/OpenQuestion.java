package io.longcat4j.engine;

import io.longcat4j.Part;
import io.longcat4j.decode.PromptRows;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is being asked. Immutable.
 *
 * @param rows what of it is encoded; where tools have answered, with the turn that called them
 * @param results of tools
 * @param parts of the question that are encoded when it is complete, because the format wants it so
 * @param begun whether there is a question, not results of tools alone
 * @param warnings what was shortened
 * @param encode time that its media took
 */
record OpenQuestion(
    PromptRows rows,
    List<String> results,
    List<Part> parts,
    boolean begun,
    List<String> warnings,
    Duration encode) {
  static final OpenQuestion NONE = after(PromptRows.of(new int[0]));

  /** Nothing yet but rows that it goes on from. */
  static OpenQuestion after(PromptRows rows) {
    return new OpenQuestion(rows, List.of(), List.of(), false, List.of(), Duration.ZERO);
  }

  /** Whether something is being asked. */
  boolean isOpen() {
    return begun || !results.isEmpty();
  }

  /** With more of the question, encoded. */
  OpenQuestion grown(PromptRows all, List<String> moreWarnings, Duration time) {
    return new OpenQuestion(
        all, results, parts, true, joined(warnings, moreWarnings), encode.plus(time));
  }

  /** With more of the question, to be encoded later. */
  OpenQuestion grown(List<Part> more) {
    return new OpenQuestion(rows, results, joined(parts, more), true, warnings, encode);
  }

  /** With the result of a tool, and rows that may hold it already. */
  OpenQuestion answered(String result, PromptRows all) {
    return new OpenQuestion(all, joined(results, List.of(result)), parts, begun, warnings, encode);
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
