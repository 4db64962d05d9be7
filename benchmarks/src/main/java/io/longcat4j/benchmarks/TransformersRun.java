package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Runs the comparison with Hugging Face transformers, a program in Python.
 *
 * @param python interpreter with torch, safetensors and transformers
 * @param script {@code benchmarks/transformers/compare.py} of this project
 */
record TransformersRun(Path python, Path script) {
  /**
   * What it found.
   *
   * @param pp of prompts
   * @param tg of generations
   * @param torch version
   */
  record Found(Test pp, Test tg, String torch) {}

  /** Tokens a second of both, medians over the rounds. */
  record Test(String name, double theirs, double ours) {
    double ratio() {
      return ours / theirs;
    }
  }

  /**
   * Measures both in turns, each as often as there are rounds.
   *
   * @throws InvalidRequestException if the program does not end well
   */
  Found run(ModelBench.Options model, int rounds) {
    try {
      Path folder = Files.createTempDirectory("longcat-transformers");
      Path line = folder.resolve("line.json");
      List<String> command =
          List.of(
              python.toString(),
              script.toString(),
              model.checkpoint().toString(),
              "--pp=" + model.prompt(),
              "--tg=" + model.generated(),
              "--numerics=" + model.numerics().name().toLowerCase(Locale.ROOT),
              "--rounds=" + rounds,
              "--threads=" + model.workers(),
              "--json=" + line);
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      int code = process.waitFor();
      if (code != 0) {
        throw new InvalidRequestException(
            String.join(" ", command)
                + " ended with "
                + code
                + "; see its messages above, or leave --python away");
      }
      JsonNode figures = JsonMapper.builder().build().readTree(line.toFile()).get("figures");
      Files.delete(line);
      Files.delete(folder);
      return new Found(
          test(figures, "pp" + model.prompt()),
          test(figures, "tg" + model.generated()),
          figures.get("torch").asText());
    } catch (IOException e) {
      throw new InvalidRequestException(
          python + ": cannot be run (" + e + "); pass a Python interpreter with --python", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InvalidRequestException("interrupted while transformers ran; run it again", e);
    }
  }

  private static Test test(JsonNode figures, String name) {
    JsonNode test = figures.get(name);
    return new Test(
        name,
        test.get("transformers_tokens_per_s").asDouble(),
        test.get("longcat4j_tokens_per_s").asDouble());
  }
}
