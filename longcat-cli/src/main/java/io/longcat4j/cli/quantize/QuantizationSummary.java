package io.longcat4j.cli.quantize;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.quantize.Divergence;
import io.longcat4j.quantize.Precision;
import io.longcat4j.quantize.QuantizationReport;
import io.longcat4j.quantize.RoundingError;
import io.longcat4j.quantize.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of a quantisation, for people and for programs.
 *
 * @param precision what was rounded to
 * @param scope what was rounded
 * @param head what the head was rounded to; empty where it stayed
 * @param report sizes and errors
 * @param divergence of the results, where they were compared
 */
public record QuantizationSummary(
    Precision precision,
    Scope scope,
    Optional<Precision> head,
    QuantizationReport report,
    Optional<Divergence> divergence) {
  private static final double MEGABYTE = 1e6;

  /**
   * Prints errors by class, sizes and divergence.
   *
   * @param out where to
   */
  public void print(PrintWriter out) {
    Map<String, RoundingError> classes = report.errorsByClass();
    int width = classes.keySet().stream().mapToInt(String::length).max().orElse(0);
    line(out, "%-" + width + "s  %14s  %s", "weights", "count", "relative RMS error");
    classes.forEach(
        (name, error) ->
            line(
                out,
                "%-" + width + "s  %14d  %.3f %%",
                name,
                error.weights(),
                100 * error.relative()));
    line(
        out,
        "language model: %.1f MB before, %.1f MB after (%.1f %%)",
        report.bytesBefore() / MEGABYTE,
        report.bytesAfter() / MEGABYTE,
        100.0 * report.bytesAfter() / report.bytesBefore());
    divergence.ifPresent(
        found ->
            line(
                out,
                "next token at %d positions: mean KL divergence %.3g, top-1 agreement %.1f %%",
                found.positions(),
                found.meanKl(),
                100 * found.top1Agreement()));
  }

  /**
   * Writes everything as JSON.
   *
   * @param file where to; replaced
   * @throws InvalidRequestException if it cannot be written
   */
  public void write(Path file) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("precision", precision.name().toLowerCase(Locale.ROOT))
        .put("scope", scope.name().toLowerCase(Locale.ROOT))
        .put("bytes_before", report.bytesBefore())
        .put("bytes_after", report.bytesAfter());
    head.ifPresent(rounding -> json.put("head", rounding.name().toLowerCase(Locale.ROOT)));
    divergence.ifPresent(
        found ->
            json.putObject("divergence")
                .put("positions", found.positions())
                .put("mean_kl", found.meanKl())
                .put("top1_agreement", found.top1Agreement()));
    put(json.putObject("classes"), report.errorsByClass());
    put(json.putObject("tensors"), report.errors());
    try {
      JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
    } catch (IOException e) {
      throw new InvalidRequestException(
          "--report " + file + ": cannot be written (" + e + "); correct the path", e);
    }
  }

  private static void put(ObjectNode into, Map<String, RoundingError> errors) {
    errors.forEach(
        (name, error) ->
            into.putObject(name)
                .put("weights", error.weights())
                .put("relative_rms_error", error.relative()));
  }

  private static void line(PrintWriter out, String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
