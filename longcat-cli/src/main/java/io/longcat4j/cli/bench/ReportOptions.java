package io.longcat4j.cli.bench;

import io.longcat4j.Backend;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** What all measurements have in common. */
final class ReportOptions {
  @Option(names = "--markdown", description = "Print Markdown tables, as in benchmarks/figures.md.")
  private boolean markdown;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description =
          "Append one line with all figures to this file, such as benchmarks/history.jsonl.")
  private Optional<Path> json = Optional.empty();

  @Option(
      names = "--document",
      paramLabel = "FILE",
      description = {
        "Replace what stands between the lines '"
            + ResultDocument.BEGIN
            + "' and '"
            + ResultDocument.END
            + "' of this Markdown file, such as benchmarks/figures.md, by the tables."
      })
  private Optional<Path> document = Optional.empty();

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Circumstances to tell with the figures, such as 'shared with other work'.")
  private String note = "";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads. Default: one for each core.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "What computes: auto, cpu or reference. Default: ${DEFAULT-VALUE}.")
  private String backend = "auto";

  boolean isMarkdown() {
    return markdown;
  }

  Optional<Path> jsonFile() {
    return json;
  }

  Optional<Path> document() {
    return document;
  }

  String note() {
    return note;
  }

  OptionalInt threads() {
    return threads.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  int workers() {
    return threads().orElse(Runtime.getRuntime().availableProcessors());
  }

  Backend backend() {
    return new Backend(backend);
  }
}
