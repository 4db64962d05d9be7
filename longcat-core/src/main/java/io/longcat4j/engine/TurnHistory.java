package io.longcat4j.engine;

import io.longcat4j.decode.PromptRows;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a conversation consists of so far. Immutable.
 *
 * @param head tools and instructions, or nothing
 * @param turns complete ones, questions and replies, that have not been forgotten
 * @param rounds questions that were answered, forgotten ones included
 * @param lastAnswer the reply of the last turn, or null
 * @param open what is being asked
 */
record TurnHistory(
    List<PromptRows> head,
    List<PromptRows> turns,
    int rounds,
    @Nullable Answer lastAnswer,
    OpenQuestion open) {

  /**
   * A reply.
   *
   * @param question rows of its turn before it
   * @param recording its steps
   * @param kept those of its steps that are kept
   */
  record Answer(PromptRows question, Recording recording, List<Recording.Step> kept) {
    int toolCalls() {
      return recording.toolCalls(kept);
    }
  }

  static TurnHistory after(List<PromptRows> head) {
    return new TurnHistory(List.copyOf(head), List.of(), 0, null, OpenQuestion.NONE);
  }

  /** After other tools and instructions. */
  TurnHistory under(List<PromptRows> otherHead) {
    return new TurnHistory(List.copyOf(otherHead), turns, rounds, lastAnswer, open);
  }

  /** With another question. */
  TurnHistory asking(OpenQuestion question) {
    return new TurnHistory(head, turns, rounds, lastAnswer, question);
  }

  /** With the last turn as the beginning of the question: they are not to be parted. */
  TurnHistory reopened() {
    int last = turns.size() - 1;
    OpenQuestion question = OpenQuestion.after(turns.get(last));
    return new TurnHistory(head, turns.subList(0, last), rounds, lastAnswer, question);
  }

  /** With the question asked and answered. */
  TurnHistory answered(PromptRows question, Recording recording, PromptRows turn) {
    List<PromptRows> more = new ArrayList<>(turns);
    more.add(turn);
    return new TurnHistory(
        head,
        List.copyOf(more),
        rounds + (open.begun() ? 1 : 0),
        new Answer(question, recording, recording.steps()),
        OpenQuestion.NONE);
  }

  /** With a turn of before. */
  TurnHistory restored(PromptRows turn) {
    List<PromptRows> more = new ArrayList<>(turns);
    more.add(turn);
    return new TurnHistory(head, List.copyOf(more), rounds + 1, null, OpenQuestion.NONE);
  }

  /** With some steps of the last answer, and the rows of its turn with them. */
  TurnHistory cut(Answer answer, List<Recording.Step> kept, PromptRows turn) {
    Answer rest = new Answer(answer.question(), answer.recording(), kept);
    List<PromptRows> changed = new ArrayList<>(turns);
    changed.set(changed.size() - 1, turn);
    return new TurnHistory(head, List.copyOf(changed), rounds, rest, open);
  }

  /** Without the oldest turns, so that others and so many rows fit into the context. */
  TurnHistory slid(int context, long wanted) {
    int first = 0;
    int taken = before().rows();
    while (first < turns.size() && taken + wanted > context) {
      taken -= turns.get(first).rows();
      first++;
    }
    return new TurnHistory(head, turns.subList(first, turns.size()), rounds, lastAnswer, open);
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
    return before().rows() + open.rows().rows();
  }
}
