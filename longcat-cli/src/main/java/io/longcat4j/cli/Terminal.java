package io.longcat4j.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes, and reads what is typed.
 *
 * @param out results
 * @param err progress, warnings and errors
 * @param interactive whether a person watches {@code err}, so that a line may be redrawn
 * @param in what is typed
 * @param isInputPiped whether {@code in} is known to be a pipe or a file, not somebody who types
 */
record Terminal(
    PrintWriter out,
    PrintWriter err,
    boolean interactive,
    BufferedReader in,
    boolean isInputPiped) {

  /** One where a person types. */
  Terminal(PrintWriter out, PrintWriter err, boolean interactive, BufferedReader in) {
    this(out, err, interactive, in, /* isInputPiped= */ false);
  }

  /** One where nothing is typed. */
  Terminal(PrintWriter out, PrintWriter err, boolean interactive) {
    this(out, err, interactive, new BufferedReader(Reader.nullReader()));
  }

  /** The terminal of this process. */
  @SuppressWarnings("SystemConsoleNull") // isTerminal() below asks what newer JDKs need asked.
  static Terminal system() {
    Console console = System.console();
    boolean interactive = console != null && isTerminal(console);
    Charset charset = charset(interactive ? console : null);
    return new Terminal(
        results(ResultOutput.ofProcess(), charset),
        new PrintWriter(System.err, true, charset),
        interactive,
        new BufferedReader(new InputStreamReader(System.in, charset)),
        isPiped(Path.of("/proc/self/fd/0")));
  }

  /** Linux tells what standard input is; elsewhere a dash has to ask for it. */
  static boolean isPiped(Path input) {
    try {
      String target = Files.readSymbolicLink(input).toString();
      return target.startsWith("pipe:") || Files.isRegularFile(Path.of(target));
    } catch (IOException | InvalidPathException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** A writer of results that throws {@link ResultOutput.Lost} where they cannot be written. */
  static PrintWriter results(ResultOutput target, Charset charset) {
    return new PrintWriter(new OutputStreamWriter(target, charset), true);
  }

  /** Since JDK 22 a console is there even without a terminal, and a new method tells. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /** Files and pipes get UTF-8; so do terminals whose locale says ASCII, they know more. */
  private static Charset charset(@Nullable Console console) {
    if (console == null || console.charset().equals(StandardCharsets.US_ASCII)) {
      return StandardCharsets.UTF_8;
    }
    return console.charset();
  }
}
