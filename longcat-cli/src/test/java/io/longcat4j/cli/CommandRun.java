package io.longcat4j.cli;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Optional;

/** What a command did. */
record CommandRun(int exitCode, String out, String err) {
  static final Path ROOT =
      Path.of(System.getProperty("longcat.repository.root", "..")).toAbsolutePath().normalize();

  static CommandRun of(Object... arguments) {
    return in(new Home(Optional.of(ROOT)), arguments);
  }

  static CommandRun in(Home home, Object... arguments) {
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), false);
    int exitCode = LongCatCommand.run(terminal, home, words);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  /** With this on standard input, from a pipe or typed. */
  static CommandRun withInput(String input, boolean isPiped, String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            /* interactive= */ false,
            new BufferedReader(new StringReader(input)),
            isPiped);
    int exitCode = LongCatCommand.run(terminal, new Home(Optional.of(ROOT)), words);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }
}
