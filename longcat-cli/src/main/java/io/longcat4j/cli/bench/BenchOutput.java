package io.longcat4j.cli.bench;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.benchmarks.BenchReport;
import io.longcat4j.benchmarks.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Where figures go: tables to the results, progress beside them, one line into a history file. */
record BenchOutput(PrintWriter out, PrintWriter err, Optional<Path> root) {
  private static final int GIT_SECONDS = 10;

  void progress(String line) {
    err.println(line);
  }

  void print(BenchReport report, String command, ReportOptions options) {
    Machine machine = Machine.detect();
    out.println("Measured on " + machine.words() + note(options) + ".");
    out.println();
    out.println(report.text(options.isMarkdown()));
    options
        .document()
        .ifPresent(
            file -> new ResultDocument(file).replace(words(report, machine, command, options)));
    options.jsonFile().ifPresent(file -> append(file, report, command, machine, options));
  }

  private static String words(
      BenchReport report, Machine machine, String command, ReportOptions options) {
    return "`./longcat %s`%n%nMeasured on %s%s.%n%n%s"
        .formatted(command, machine.words(), note(options), report.text(true))
        .replace(System.lineSeparator(), "\n");
  }

  private static String note(ReportOptions options) {
    return options.note().isEmpty() ? "" : "; " + options.note();
  }

  private void append(
      Path file, BenchReport report, String command, Machine machine, ReportOptions options) {
    BenchReport.Origin origin = new BenchReport.Origin(commit(), command, options.note());
    try {
      Files.writeString(
          file,
          report.jsonLine(origin, machine, Instant.now()) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new InvalidRequestException(
          file + ": the figures cannot be written there (" + e + "); name another --json file", e);
    }
  }

  private String commit() {
    if (root.isEmpty()) {
      return "unknown";
    }
    try {
      Process git =
          new ProcessBuilder(
                  List.of("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"))
              .directory(root.get().toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = git.waitFor(GIT_SECONDS, TimeUnit.SECONDS);
      return ended && git.exitValue() == 0 && !answer.isBlank() ? answer.strip() : "unknown";
    } catch (IOException e) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
