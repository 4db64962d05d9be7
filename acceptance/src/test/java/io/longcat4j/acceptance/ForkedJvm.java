package io.longcat4j.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A JVM of its own with this test's class path: a home and a directory for temporary files that are
 * new and empty, an environment without {@code CI}, which hides what libraries do elsewhere.
 *
 * @param home the user's
 * @param temporary for temporary files
 * @param crashes where crash reports go
 */
record ForkedJvm(Path home, Path temporary, Path crashes) {
  static final Path MEDIA =
      Path.of(System.getProperty("longcat.repository.root"), "samples", "media", "tiny");

  /** In an empty folder. */
  static ForkedJvm in(Path folder) {
    try {
      return new ForkedJvm(
          Files.createDirectory(folder.resolve("home")),
          Files.createDirectory(folder.resolve("temporary")),
          Files.createDirectory(folder.resolve("crashes")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code java} with the class to run; the JDK's own statistics file is left out. */
  List<String> command(Class<?> program, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:-UsePerfData");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:ErrorFile=" + crashes.resolve("hs_err_%p.log"));
    command.add("-Xmx300m");
    command.add("-Duser.home=" + home);
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    return command;
  }

  /** Starts a command; its errors go to a file that {@link Running} reads. */
  Running start(List<String> command, Map<String, String> environment) throws IOException {
    Path errors = Files.createTempFile(crashes, "errors", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(List.of("CI", "XDG_CACHE_HOME", "LONGCAT_TINY_CACHE"));
    builder.environment().put("HOME", home.toString());
    builder.environment().putAll(environment);
    builder.redirectError(errors.toFile());
    return new Running(builder.start(), errors);
  }

  /** What is in the home and among the temporary files. */
  List<Path> left() throws IOException {
    try (Stream<Path> inHome = Files.walk(home);
        Stream<Path> inTemporary = Files.walk(temporary)) {
      return Stream.concat(inHome, inTemporary)
          .filter(path -> !path.equals(home) && !path.equals(temporary))
          .toList();
    }
  }

  /**
   * A process.
   *
   * @param process that was started
   * @param errors what it prints as errors
   */
  record Running(Process process, Path errors) implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 180;

    /** Lines up to the one that is wanted, or all where it does not come. */
    List<String> readTo(String last) throws IOException {
      List<String> lines = new ArrayList<>();
      var reader = process.inputReader(StandardCharsets.UTF_8);
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
        if (line.equals(last)) {
          break;
        }
      }
      return lines;
    }

    /** The exit status, or an error where it does not come in three minutes. */
    int status() throws InterruptedException {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the process does not end: " + process.info());
      }
      return process.exitValue();
    }

    String errorText() throws IOException {
      return Files.readString(errors, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
