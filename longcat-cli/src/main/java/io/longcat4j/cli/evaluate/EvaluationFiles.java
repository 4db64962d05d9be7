package io.longcat4j.cli.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.AttentionFigures;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.evaluate.Answer;
import io.longcat4j.evaluate.Evaluation;
import io.longcat4j.evaluate.Measure;
import io.longcat4j.evaluate.ScoreDifference;
import io.longcat4j.evaluate.TaskScore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes figures and answers for programs. */
public final class EvaluationFiles {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private EvaluationFiles() {}

  /**
   * Writes the figures of all tasks and kinds as one JSON object.
   *
   * @param file where to; replaced
   * @param evaluation the figures
   * @param differences of another checkpoint, may be empty
   * @throws InvalidRequestException if it cannot be written
   */
  public static void writeScores(
      Path file, Evaluation evaluation, List<ScoreDifference> differences) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode tasks = json.putObject("tasks");
    evaluation.scores().forEach(score -> put(tasks, score));
    ObjectNode kinds = json.putObject("kinds");
    evaluation.scoresByKind().forEach(score -> put(kinds, score));
    if (!evaluation.attention().isEmpty()) {
      ObjectNode blocks = json.putObject("attention");
      evaluation.attention().forEach(block -> put(blocks, block));
    }
    if (!differences.isEmpty()) {
      ObjectNode compared = json.putObject("compared");
      for (ScoreDifference difference : differences) {
        compared
            .putObject(difference.task())
            .put("score", difference.second())
            .put("points", difference.points())
            .put("other_answers", difference.otherAnswers());
      }
    }
    write("--json", file, json.toPrettyString() + "\n");
  }

  private static void put(ObjectNode into, AttentionFigures block) {
    ObjectNode node =
        into.putObject(String.valueOf(block.block()))
            .put("samples", block.samples())
            .put("precision", block.precision())
            .put("least_precision", block.leastPrecision())
            .put("mass", block.mass())
            .put("entropy", block.entropy());
    block.distribution().forEach(node.withArray("distribution")::add);
  }

  private static void put(ObjectNode into, TaskScore score) {
    ObjectNode node =
        into.putObject(score.task())
            .put("measure", name(score.measure()))
            .put("items", score.items())
            .put("right", score.right())
            .put("score", score.score());
    if (score.measure() == Measure.WORDS) {
      node.put("words", score.words())
          .put("word_errors", score.wordErrors())
          .put("word_error_rate", score.wordErrorRate());
    }
  }

  /**
   * Writes every answer as a line of JSON.
   *
   * @param file where to; replaced
   * @param evaluation the answers
   * @throws InvalidRequestException if it cannot be written
   */
  public static void writeAnswers(Path file, Evaluation evaluation) {
    List<String> lines = new ArrayList<>();
    for (Answer answer : evaluation.answers()) {
      ObjectNode json =
          JsonNodeFactory.instance
              .objectNode()
              .put("id", answer.item().id())
              .put("task", answer.item().task())
              .put("kind", answer.item().kind())
              .put("right", answer.isRight())
              .put("expected", answer.item().answer())
              .put("answer", answer.text());
      if (answer.item().measure() == Measure.WORDS) {
        json.put("words", answer.words()).put("word_errors", answer.wordErrors());
      }
      answer.failure().ifPresent(failure -> json.put("failure", failure));
      lines.add(line(json));
    }
    write("--answers", file, String.join("\n", lines) + "\n");
  }

  private static String line(ObjectNode json) {
    try {
      return MAPPER.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts and numbers is JSON", e);
    }
  }

  private static void write(String option, Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new InvalidRequestException(
          option + " " + file + ": cannot be written (" + e + "); correct the path", e);
    }
  }

  private static String name(Measure measure) {
    return measure.name().toLowerCase(Locale.ROOT);
  }
}
