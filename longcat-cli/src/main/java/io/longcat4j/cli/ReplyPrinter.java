package io.longcat4j.cli;

import io.longcat4j.FinishReason;
import io.longcat4j.Reply;
import io.longcat4j.Speech;
import io.longcat4j.Statistics;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Writes a reply for a person: its text to the results, the rest beside it. */
record ReplyPrinter(Terminal terminal, boolean quiet) {

  void print(Reply reply) {
    terminal.out().println(terminal.interactive() ? harmless(reply.text()) : reply.text());
    for (String warning : reply.warnings()) {
      terminal.err().println("warning: " + warning);
    }
    if (!quiet) {
      terminal.err().println(statistics(reply));
    }
  }

  /** A model may write anything, also what a terminal would obey. */
  private static String harmless(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "\ufffd");
  }

  static String statistics(Reply reply) {
    Statistics statistics = reply.statistics();
    return String.format(
        Locale.ROOT,
        "%d prompt tokens, %d new tokens%s, %.1f experts per token;"
            + " encode %.2f s, prefill %.2f s, decode %.2f s (%.1f tokens/s), vocode %.2f s%s",
        statistics.promptTokens(),
        statistics.newTokens(),
        reply.finishReason() == FinishReason.LENGTH ? " (cut at the limit)" : "",
        statistics.expertsPerToken(),
        seconds(statistics.encode()),
        seconds(statistics.prefill()),
        seconds(statistics.decode()),
        rate(statistics),
        seconds(statistics.vocode()),
        speech(reply.speech()));
  }

  private static String speech(Optional<Speech> speech) {
    return speech
        .map(
            sound ->
                String.format(
                    Locale.ROOT,
                    "; %.2f s of speech at %d Hz",
                    sound.durationSeconds(),
                    sound.sampleRateHz()))
        .orElse("");
  }

  private static double rate(Statistics statistics) {
    double decode = seconds(statistics.decode());
    return decode > 0 ? Math.max(0, statistics.newTokens() - 1) / decode : 0;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() * 1e-9;
  }
}
