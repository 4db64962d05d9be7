package io.longcat4j.evaluate;

import io.longcat4j.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The least score that each task must reach. Immutable.
 *
 * @param least of each task, 0 to 1
 */
public record Bars(Map<String, Double> least) {
  private static final Pattern BAR = Pattern.compile("(\\S+?)(?:\\s*=\\s*|\\s+)([0-9.]+)");

  /**
   * Creates bars.
   *
   * @param least of each task, 0 to 1
   */
  public Bars {
    least = Map.copyOf(least);
  }

  /**
   * Reads a table: a task and its least score on each line; {@code #} begins a remark.
   *
   * @param file the table
   * @return the bars
   * @throws InvalidRequestException if it is not of this form; the message names file and line
   */
  public static Bars read(Path file) {
    Map<String, Double> least = new LinkedHashMap<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new InvalidRequestException(
          file + ": cannot be read as UTF-8 text (" + e + "); pass a table of tasks", e);
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).replaceFirst("#.*", "").strip();
      if (!line.isEmpty()) {
        add(least, file + ", line " + (i + 1), line);
      }
    }
    return new Bars(least);
  }

  /**
   * Understands {@code task=score}.
   *
   * @param bars each of this form
   * @return the bars
   * @throws InvalidRequestException if one is not
   */
  public static Bars of(List<String> bars) {
    Map<String, Double> least = new LinkedHashMap<>();
    bars.forEach(bar -> add(least, "The bar '" + bar + "'", bar.strip()));
    return new Bars(least);
  }

  private static void add(Map<String, Double> least, String place, String text) {
    Matcher matcher = BAR.matcher(text);
    double score = matcher.matches() ? parse(matcher.group(2)) : -1;
    if (score < 0 || score > 1) {
      throw new InvalidRequestException(
          place + ": expected a task and a share from 0 to 1, such as image=0.92");
    }
    if (least.put(matcher.group(1), score) != null) {
      throw new InvalidRequestException(
          place + ": the task " + matcher.group(1) + " has a bar already; keep one of them");
    }
  }

  private static double parse(String number) {
    try {
      return Double.parseDouble(number);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /**
   * These and others.
   *
   * @param others take the place of these where both name a task
   * @return both
   */
  public Bars and(Bars others) {
    Map<String, Double> both = new LinkedHashMap<>(least);
    both.putAll(others.least);
    return new Bars(both);
  }

  /**
   * The bars that are missed.
   *
   * @param evaluation the figures
   * @return a sentence for each task below its bar or without items, in the order of names
   */
  public List<String> missedBy(Evaluation evaluation) {
    List<String> missed = new ArrayList<>();
    least.keySet().stream()
        .sorted()
        .forEach(task -> missed(evaluation, task).ifPresent(missed::add));
    return missed;
  }

  private Optional<String> missed(Evaluation evaluation, String task) {
    double bar = least.getOrDefault(task, 0.0);
    Optional<TaskScore> score = evaluation.score(task);
    if (score.isEmpty()) {
      return Optional.of(task + " has a bar of " + percent(bar) + ", but no item was asked");
    }
    return score.get().score() >= bar
        ? Optional.empty()
        : Optional.of(task + " is at " + percent(score.get().score()) + ", below " + percent(bar));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
