package io.longcat4j.cli;

import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.RankFigures;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Statistics;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.Warning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Writes a reply for a person as it comes: its text to the results, the rest beside it. */
record ReplyPrinter(Terminal terminal, boolean quiet) {

  /**
   * Reads a stream to its end.
   *
   * @param sound gets the sound; not closed
   * @return the reply, its sound left out
   */
  Reply print(ReplyStream stream, SoundOutput sound) {
    StringBuilder text = new StringBuilder();
    List<ToolCall> calls = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    double seconds = 0;
    int rate = 0;
    Done done = null;
    for (Event event : stream) {
      if (event instanceof TextDelta words) {
        text.append(words.text());
        terminal.out().print(terminal.interactive() ? harmless(words.text()) : words.text());
        terminal.out().flush();
      } else if (event instanceof AudioDelta audio) {
        sound.write(audio);
        seconds += audio.durationSeconds();
        rate = audio.sampleRateHz();
      } else if (event instanceof ToolCall call) {
        calls.add(call);
      } else if (event instanceof Warning warning) {
        warnings.add(warning.message());
      } else if (event instanceof Done end) {
        done = end;
      }
    }
    Reply reply = reply(text.toString(), calls, warnings, Objects.requireNonNull(done, "done"));
    printRest(reply, seconds, rate);
    return reply;
  }

  private static Reply reply(String text, List<ToolCall> calls, List<String> warnings, Done done) {
    return new Reply(
        text,
        done.textIds(),
        null,
        done.codecFrames(),
        done.finishReason(),
        warnings,
        done.statistics(),
        done.logprobs(),
        calls);
  }

  private void printRest(Reply reply, double seconds, int rate) {
    terminal.out().println();
    for (ToolCall call : reply.toolCalls()) {
      terminal.out().println("call " + call.name() + " " + call.arguments());
    }
    for (String warning : reply.warnings()) {
      terminal.err().println("warning: " + warning);
    }
    if (!quiet) {
      terminal.err().println(statistics(reply) + speech(seconds, rate));
      for (RankFigures figures : reply.statistics().ranks()) {
        terminal.err().println(figures.describe());
      }
    }
  }

  /** A model may write anything, also what a terminal would obey. */
  static String harmless(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "\ufffd");
  }

  static String statistics(Reply reply) {
    Statistics statistics = reply.statistics();
    return String.format(
        Locale.ROOT,
        "%d prompt tokens, %d new tokens%s, %.1f experts per token;"
            + " encode %.2f s, prefill %.2f s, decode %.2f s (%.1f tokens/s), vocode %.2f s",
        statistics.promptTokens(),
        statistics.newTokens(),
        reply.finishReason() == FinishReason.LENGTH ? " (cut at the limit)" : "",
        statistics.expertsPerToken(),
        seconds(statistics.encode()),
        seconds(statistics.prefill()),
        seconds(statistics.decode()),
        rate(statistics),
        seconds(statistics.vocode()));
  }

  private static String speech(double seconds, int rate) {
    return rate == 0
        ? ""
        : String.format(Locale.ROOT, "; %.2f s of speech at %d Hz", seconds, rate);
  }

  private static double rate(Statistics statistics) {
    double decode = seconds(statistics.decode());
    return decode > 0 ? Math.max(0, statistics.newTokens() - 1) / decode : 0;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() * 1e-9;
  }
}
