package io.longcat4j.cli.chat;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What is typed and what is shown: replies are results, all else goes beside them. Writing is
 * thread-safe.
 *
 * @param in lines
 * @param out replies
 * @param err the prompt, notes and errors
 * @param interactive whether a person types, who wants to be asked
 * @param quiet whether notes are left out
 * @param harmless words without what a terminal would obey
 */
public record ChatScreen(
    BufferedReader in,
    PrintWriter out,
    PrintWriter err,
    boolean interactive,
    boolean quiet,
    UnaryOperator<String> harmless) {
  private static final int LONGEST_LINE = 1 << 20;

  void greet() {
    if (interactive && !quiet) {
      err.println("Type a question, or /help. /quit ends.");
    }
  }

  /** The next line, or empty at the end of input. */
  Optional<String> read() {
    if (interactive) {
      err.print("> ");
      err.flush();
    }
    StringBuilder line = new StringBuilder();
    try {
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0) {
          return line.isEmpty() ? Optional.empty() : Optional.of(line.toString());
        }
        if (line.length() == LONGEST_LINE) {
          throw new InvalidRequestException(
              "a line of more than " + LONGEST_LINE + " characters was typed; ask in fewer");
        }
        line.append((char) next);
      }
      return Optional.of(line.toString());
    } catch (IOException e) {
      throw new InvalidRequestException("What is typed cannot be read (" + e + ")", e);
    }
  }

  void words(String text) {
    out.print(interactive ? harmless.apply(text) : text);
    out.flush();
  }

  void endReply() {
    out.println();
    out.flush();
  }

  void interrupted() {
    out.println();
    out.flush();
    note("interrupted");
  }

  void help() {
    err.print(ChatLine.HELP);
    err.flush();
  }

  void note(String text) {
    if (!quiet) {
      err.println("(" + text + ")");
    }
  }

  void warning(String text) {
    err.println("warning: " + text);
  }

  void error(LongCatException failure) {
    if (failure instanceof GenerationCancelledException) {
      err.println("(ended; the question is forgotten)");
    } else {
      err.println("longcat: " + failure.getMessage());
    }
  }
}
