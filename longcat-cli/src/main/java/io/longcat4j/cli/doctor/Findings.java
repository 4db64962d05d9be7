package io.longcat4j.cli.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was found out, by subject, in order. Not thread-safe. */
public final class Findings {
  private final Map<String, Map<String, String>> subjects = new LinkedHashMap<>();
  private final String home;

  /**
   * Begins.
   *
   * @param home the user's directory, which is shown as {@code ~}
   */
  public Findings(String home) {
    this.home = home;
  }

  /**
   * Adds a line.
   *
   * @param subject what it is about
   * @param name what is told
   * @param value what it is
   */
  public void add(String subject, String name, String value) {
    String shown = home.length() > 1 ? value.replace(home, "~") : value;
    subjects
        .computeIfAbsent(subject, key -> new LinkedHashMap<>())
        .put(name, shown.strip().replaceAll("\\s+", " "));
  }

  /**
   * For an issue.
   *
   * @return lines of text, the last one ended
   */
  public String toText() {
    StringBuilder text = new StringBuilder();
    subjects.forEach(
        (subject, lines) -> {
          text.append(subject).append('\n');
          lines.forEach(
              (name, value) ->
                  text.append("  ").append(name).append(": ").append(value).append('\n'));
        });
    return text.toString();
  }

  /**
   * For programs.
   *
   * @return an object of objects of texts
   */
  public String toJson() {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(subjects);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts are JSON", e);
    }
  }
}
