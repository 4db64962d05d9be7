package io.longcat4j.cli;

import io.longcat4j.cli.doctor.Findings;
import io.longcat4j.cli.doctor.Libraries;
import io.longcat4j.cli.doctor.Machine;
import io.longcat4j.cli.doctor.Trial;
import io.longcat4j.spi.UserCache;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells what an issue should tell. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Tells what runs here and what does not, as one block for an issue.",
    description = {
      "",
      "It asks LongCat-Tiny by ear and aloud, so that native libraries, FFmpeg and ONNX Runtime are"
          + " loaded. It shows no file names but that of the cache directory, and sends nothing.",
      "",
      "The exit code is 1 if that question was not answered.",
      ""
    },
    sortOptions = false)
final class DoctorCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Option(
      names = "--cache-dir",
      paramLabel = "DIR",
      description = "Where native libraries and LongCat-Tiny may be unpacked.")
  private Optional<Path> cacheDirectory = Optional.empty();

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Findings findings = new Findings(System.getProperty("user.home", ""));
    findings.add(
        "longcat", "version", String.join(", ", new LongCatCommand.Version().getVersion()));
    new Machine(Path.of("/")).describe(findings);
    findings.add(
        "java",
        "runtime",
        System.getProperty("java.vm.name")
            + " "
            + Runtime.version()
            + ", "
            + System.getProperty("java.vendor"));
    findings.add(
        "java", "encoding of file names", System.getProperty("sun.jnu.encoding", "not told"));
    findings.add(
        "cache",
        "directory",
        cacheDirectory
            .or(UserCache::directory)
            .map(Path::toString)
            .orElse("none: this user has no cache directory"));
    boolean isFine = new Trial(cacheDirectory).describe(findings);
    findings.add(
        "cache",
        "native libraries",
        System.getProperty("org.bytedeco.javacpp.cachedir", "not unpacked"));
    Libraries.describe(findings, isFine);
    terminal.out().print(json ? findings.toJson() + "\n" : findings.toText());
    terminal.out().flush();
    return isFine ? LongCatCommand.OK : LongCatCommand.CHECK_FAILED;
  }
}
