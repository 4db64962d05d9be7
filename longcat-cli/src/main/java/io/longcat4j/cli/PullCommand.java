package io.longcat4j.cli;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.cli.pull.Amount;
import io.longcat4j.cli.pull.HttpSettings;
import io.longcat4j.cli.pull.HubArgument;
import io.longcat4j.cli.pull.PullProgress;
import io.longcat4j.download.CheckpointDownload;
import io.longcat4j.download.Checkpoints;
import io.longcat4j.download.Downloaded;
import io.longcat4j.download.Hub;
import io.longcat4j.download.Listing;
import io.longcat4j.download.ModelPart;
import io.longcat4j.download.RepositoryFile;
import io.longcat4j.download.Verification;
import io.longcat4j.download.Verification.Checked;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches a checkpoint. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Fetches a checkpoint from Hugging Face or ModelScope, and checks it.",
    description = {
      "",
      "  longcat pull meituan-longcat/LongCat-Flash-Omni --to DIR",
      "  longcat pull meituan-longcat/LongCat-Flash-Omni --only text --dry-run",
      "  longcat pull meituan-longcat/LongCat-Flash-Omni --to DIR --verify",
      "",
      "It is the one command that opens connections to other machines. A download that ended goes"
          + " on where it was when the same command is given again. Files are compared with the"
          + " hashes of the repository as they are written.",
      "",
      "From the environment: HF_TOKEN and HF_ENDPOINT, MODELSCOPE_API_TOKEN and MODELSCOPE_ENDPOINT;"
          + " HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY.",
      "",
      "The exit code is 1 if --verify finds a file that is missing or wrong.",
      ""
    },
    sortOptions = false)
final class PullCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "OWNER/NAME", description = "The repository.")
  private String repository = "";

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Where the files go. Default: the repository's name, here.")
  private Optional<Path> directory = Optional.empty();

  @Option(
      names = "--only",
      paramLabel = "PART",
      defaultValue = "all",
      description =
          "text (what a conversation in text needs), omni (all that this program reads) or all."
              + " Default: ${DEFAULT-VALUE}.")
  private ModelPart part = ModelPart.ALL;

  @ArgGroup private Mode mode = new Mode();

  @Option(
      names = "--from",
      paramLabel = "HUB",
      defaultValue = "huggingface",
      converter = HubArgument.class,
      description = "huggingface or modelscope. Default: ${DEFAULT-VALUE}.")
  private Hub hub = Hub.HUGGING_FACE;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "Another address that speaks the hub's protocol, such as a mirror.")
  private Optional<String> endpoint = Optional.empty();

  @Option(
      names = "--revision",
      paramLabel = "NAME",
      description = "A branch, tag or commit. Default: the hub's main branch.")
  private Optional<String> revision = Optional.empty();

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "4",
      description = "Files that come at a time, 1 to 32. Default: ${DEFAULT-VALUE}.")
  private int connections = 4;

  @Option(
      names = "--replace",
      description = "Replace files of other content that no download put there.")
  private boolean replace;

  @Option(
      names = {"-q", "--quiet"},
      description = "Show no progress.")
  private boolean quiet;

  PullCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What is done instead of fetching. */
  static final class Mode {
    @Option(names = "--dry-run", description = "List files and bytes; write nothing.")
    private boolean dryRun;

    @Option(
        names = "--verify",
        description = "Compare the directory with the repository; write nothing.")
    private boolean verify;
  }

  @Override
  public Integer call() {
    HttpSettings.apply();
    CheckpointDownload download =
        Checkpoints.download(repository)
            .from(hub)
            .part(part)
            .connections(connections)
            .replace(replace);
    directory.ifPresent(download::to);
    revision.ifPresent(download::revision);
    endpoint.map(PullCommand::address).ifPresent(download::endpoint);
    if (mode.dryRun) {
      return list(download.list());
    }
    return mode.verify ? verify(download) : fetch(download);
  }

  private static URI address(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new InvalidRequestException(
          "--endpoint is no address (" + e.getReason() + "); pass one such as https://hf.example",
          e);
    }
  }

  private int list(Listing listing) {
    for (RepositoryFile file : listing.files()) {
      terminal.out().printf(Locale.ROOT, "%,18d  %s%n", file.bytes(), file.path());
    }
    terminal
        .out()
        .printf(
            Locale.ROOT,
            "%,18d  bytes (%s) in %d files of %s at %s%n",
            listing.bytes(),
            Amount.bytes(listing.bytes()),
            listing.files().size(),
            listing.repository(),
            listing.revision());
    return LongCatCommand.OK;
  }

  private int fetch(CheckpointDownload download) {
    Downloaded done = watched(download, CheckpointDownload::run);
    terminal
        .out()
        .println(
            done.directory()
                + ": "
                + done.listing().files().size()
                + " files, "
                + Amount.bytes(done.listing().bytes())
                + " of "
                + done.listing().repository()
                + " at "
                + done.listing().revision()
                + "; "
                + Amount.bytes(done.bytesReceived())
                + " received");
    if (!done.unchecked().isEmpty()) {
      terminal
          .err()
          .println(
              "warning: the repository tells no hash of "
                  + done.unchecked().size()
                  + " files, only their lengths were checked, as of "
                  + done.unchecked().get(0));
    }
    return LongCatCommand.OK;
  }

  private int verify(CheckpointDownload download) {
    Verification found = watched(download, CheckpointDownload::verify);
    for (Checked file : found.files()) {
      if (!file.isFine()) {
        terminal.out().println(told(file));
      }
    }
    long wrong = found.files().stream().filter(file -> !file.isFine()).count();
    terminal
        .out()
        .println(
            wrong == 0
                ? "All " + found.files().size() + " files are as listed."
                : wrong
                    + " of "
                    + found.files().size()
                    + " files are not as listed; pull them without --verify.");
    return found.isFine() ? LongCatCommand.OK : LongCatCommand.CHECK_FAILED;
  }

  private static String told(Checked file) {
    return file.file().path()
        + ": "
        + switch (file.state()) {
          case MISSING -> "missing";
          case WRONG_LENGTH -> file.bytes() + " bytes, not " + file.file().bytes();
          case WRONG_CONTENT -> "wrong content";
          case RIGHT, UNCHECKED -> "fine";
        };
  }

  private <T> T watched(CheckpointDownload download, Function<CheckpointDownload, T> work) {
    if (quiet) {
      return work.apply(download);
    }
    PullProgress progress = new PullProgress(terminal.err(), terminal.interactive());
    try {
      return work.apply(download.onProgress(progress));
    } finally {
      progress.end();
    }
  }
}
