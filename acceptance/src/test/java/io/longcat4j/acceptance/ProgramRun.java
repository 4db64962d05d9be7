package io.longcat4j.acceptance;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program that ran in a JVM of its own.
 *
 * @param exitCode of the process
 * @param output of both streams
 */
record ProgramRun(int exitCode, String output) {

  /** Runs a class of the tests, with this test's class path. */
  static ProgramRun of(Class<?> program, String option, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(option);
    command.add("-Dlongcat.repository.root=" + RandomCheckpoint.ROOT.toAbsolutePath());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    Process process =
        new ProcessBuilder(command)
            .directory(new File(System.getProperty("java.io.tmpdir")))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new ProgramRun(process.waitFor(), output);
  }
}
