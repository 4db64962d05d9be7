package io.longcat4j.samples;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * Runs snippets in a process whose working directory holds the files that they name. What snippet
 * {@code N} prints goes to {@code N.out} and {@code N.err}, with the error it ends with.
 */
final class SnippetRunner {
  private SnippetRunner() {}

  /**
   * Runs.
   *
   * @param arguments a directory for what is printed, then names of classes that can be called
   * @throws Exception if the harness itself fails
   */
  public static void main(String[] arguments) throws Exception {
    Path printed = Path.of(arguments[0]);
    for (int i = 1; i < arguments.length; i++) {
      String name = arguments[i];
      try (PrintStream out = stream(printed.resolve(name + ".out"));
          PrintStream err = stream(printed.resolve(name + ".err"))) {
        System.setOut(out);
        System.setErr(err);
        try {
          Class.forName(name)
              .asSubclass(Callable.class)
              .getDeclaredConstructor()
              .newInstance()
              .call();
        } catch (Exception | Error e) {
          e.printStackTrace(err);
        }
      }
    }
  }

  private static PrintStream stream(Path file) throws Exception {
    return new PrintStream(Files.newOutputStream(file), true, StandardCharsets.UTF_8);
  }
}
