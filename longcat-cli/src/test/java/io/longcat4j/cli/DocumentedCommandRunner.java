package io.longcat4j.cli;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Runs commands one after the other in this process, {@code HOME RESULTS FILE...}: each file has
 * the words of one in its lines, what is piped in first. Its code, results and errors go to files
 * of the same name in the directory of results.
 */
final class DocumentedCommandRunner {
  private DocumentedCommandRunner() {}

  public static void main(String[] arguments) throws Exception {
    Home home = new Home(Optional.of(Path.of(arguments[0])));
    Path results = Path.of(arguments[1]);
    for (String argument : List.of(arguments).subList(2, arguments.length)) {
      Path file = Path.of(argument);
      List<String> lines = Files.readAllLines(file);
      String input = lines.get(0).replace("\\n", "\n");
      Path name = results.resolve(String.valueOf(file.getFileName()));
      try (PrintWriter out =
              new PrintWriter(Files.newBufferedWriter(Path.of(name + ".out")), true);
          PrintWriter err =
              new PrintWriter(Files.newBufferedWriter(Path.of(name + ".err")), true)) {
        Terminal terminal =
            new Terminal(
                out,
                err,
                /* interactive= */ false,
                new BufferedReader(new StringReader(input)),
                /* isInputPiped= */ !input.isEmpty());
        long start = System.nanoTime();
        int code =
            LongCatCommand.run(
                terminal, home, lines.subList(1, lines.size()).toArray(new String[0]));
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.println(code + ", " + millis + " ms: " + lines.subList(1, lines.size()));
        Files.writeString(Path.of(name + ".code"), code + "", StandardCharsets.UTF_8);
      }
    }
    System.exit(0);
  }
}
