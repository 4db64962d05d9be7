package io.longcat4j.cli;

import io.longcat4j.LongCat;
import io.longcat4j.micrometer.LongCatMetrics;
import io.longcat4j.server.LongCatServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves a model until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    versionProvider = LongCatCommand.Version.class,
    header = "Serves a model over HTTP and WebSocket, to OpenAI's clients and a page.",
    description = {
      "",
      "  longcat serve",
      "  longcat serve --model DIR --port 9000",
      "  longcat serve --host 0.0.0.0 --api-key SECRET --allow-host speech.example.org",
      "",
      "It listens on this machine alone unless --host names another address, which needs a key."
          + " Pages of other sites cannot use it unless --allow-origin names them. SIGTERM and"
          + " Ctrl-C let running replies end.",
      ""
    },
    sortOptions = false)
final class ServeCommand implements Callable<Integer> {
  private static final String KEY = "LONGCAT_API_KEY";
  private static final long CLOSING_SECONDS = 15;

  private final Terminal terminal;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Where to listen. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Where to listen; 0 for any free port. Default: ${DEFAULT-VALUE}.")
  private int port = 8080;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description =
          "Ask clients for this key. Default: that of the environment variable "
              + KEY
              + ", where others on this machine do not see it; without one, none.")
  private Optional<String> apiKey = Optional.empty();

  @Option(
      names = "--allow-host",
      paramLabel = "NAME",
      description =
          "A name that clients call this server by, beside localhost and addresses; may be"
              + " repeated.")
  private List<String> hosts = List.of();

  @Option(
      names = "--allow-origin",
      paramLabel = "URL",
      description = "A site whose pages may use this server; may be repeated.")
  private List<String> origins = List.of();

  @Option(
      names = "--max-body",
      paramLabel = "MIB",
      defaultValue = "64",
      description = "Upper bound of a request in MiB. Default: ${DEFAULT-VALUE}.")
  private int maxBodyMib = 64;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      defaultValue = "32",
      description = "Requests answered at once; more get status 429. Default: ${DEFAULT-VALUE}.")
  private int maxRequests = 32;

  @Option(
      names = "--max-sessions",
      paramLabel = "N",
      defaultValue = "16",
      description = "Spoken sessions at once; more get status 429. Default: ${DEFAULT-VALUE}.")
  private int maxSessions = 16;

  @Option(
      names = "--stop-timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      description =
          "How long running replies may take once the server is told to stop. Default:"
              + " ${DEFAULT-VALUE}.")
  private Duration stopTimeout = Duration.ofSeconds(10);

  @Mixin private final ModelOptions options = new ModelOptions();

  ServeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (options.willFollow()) {
      options.follow(terminal);
      return LongCatCommand.OK;
    }
    LongCatServer.checkAddress(host, key().isPresent());
    LongCatMetrics metrics = new LongCatMetrics();
    CountDownLatch closed = new CountDownLatch(1);
    try {
      options.use(
          terminal,
          builder -> builder.listener(metrics),
          longcat -> serve(longcat, metrics, closed));
    } finally {
      closed.countDown();
    }
    return LongCatCommand.OK;
  }

  private Optional<String> key() {
    return apiKey.or(() -> Optional.ofNullable(System.getenv(KEY)));
  }

  private Boolean serve(LongCat longcat, LongCatMetrics metrics, CountDownLatch closed) {
    LongCatServer.Builder builder =
        LongCatServer.builder(longcat)
            .host(host)
            .port(port)
            .modelName(options.modelName())
            .allowHosts(hosts.toArray(new String[0]))
            .allowOrigins(origins.toArray(new String[0]))
            .maxBodyBytes((int) Math.min(Integer.MAX_VALUE, (long) maxBodyMib << 20))
            .maxRequests(maxRequests)
            .maxSessions(maxSessions)
            .stopTimeout(stopTimeout)
            .meters(metrics);
    key().ifPresent(builder::apiKey);
    try (LongCatServer server = builder.start()) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, closed), "longcat-stop"));
      if (!options.isQuiet()) {
        terminal.err().println("Listening at " + server.uri());
      }
      server.awaitClosed();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The process ends when this returns; the model is closed by then. */
  private void stop(LongCatServer server, CountDownLatch closed) {
    server.close();
    try {
      if (!closed.await(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        terminal.err().println("longcat: the model did not close in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
