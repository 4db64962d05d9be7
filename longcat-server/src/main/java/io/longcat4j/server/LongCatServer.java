package io.longcat4j.server;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.server.http.Budget;
import io.longcat4j.server.http.Gate;
import io.longcat4j.server.http.Limits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A {@link LongCat} over HTTP and WebSocket, in the protocols that OpenAI's clients speak: {@code
 * /v1/chat/completions}, {@code /v1/models}, {@code /v1/audio/transcriptions}, {@code
 * /v1/audio/speech}, {@code /v1/realtime}; with {@code /health}, {@code /metrics} and a page at
 * {@code /}.
 *
 * <pre>{@code
 * try (LongCat longcat = LongCat.tiny();
 *     LongCatServer server = LongCatServer.builder(longcat).port(8080).start()) {
 *   server.awaitClosed();
 * }
 * }</pre>
 *
 * <p>It listens on the loopback unless told otherwise, and opens no connection itself. Pages of
 * other sites that a browser on this machine shows cannot use it. Thread-safe.
 */
public final class LongCatServer implements AutoCloseable {
  private final Running running;

  private LongCatServer(Running running) {
    this.running = running;
  }

  /**
   * Starts from the defaults.
   *
   * @param longcat answers; stays the caller's, to be closed after the server
   * @return a new builder
   */
  public static Builder builder(LongCat longcat) {
    return new Builder(longcat);
  }

  /**
   * Checks where a server shall listen, as {@link Builder#start} does, for those who want to know
   * before they load a model.
   *
   * @param host an address of this machine
   * @param hasKey whether clients are asked for a key
   * @throws InvalidRequestException if it is no address, or others reach it and there is no key
   */
  public static void checkAddress(String host, boolean hasKey) {
    Settings.check(host, hasKey);
  }

  /**
   * Where it listens.
   *
   * @return the port, also where any free one was asked for
   */
  public int port() {
    return running.port();
  }

  /**
   * Where it listens.
   *
   * @return such as {@code http://127.0.0.1:8080}
   */
  public URI uri() {
    return running.uri();
  }

  /**
   * Waits until the server is closed.
   *
   * @throws InterruptedException if the waiting thread is interrupted
   */
  public void awaitClosed() throws InterruptedException {
    running.awaitClosed();
  }

  /**
   * Stops listening, lets running replies end for {@link Builder#stopTimeout}, then cancels them.
   * Idempotent, throws nothing; a second caller waits for the first.
   */
  @Override
  public void close() {
    running.close();
  }

  /** Collects what the server shall do; not thread-safe. */
  public static final class Builder {
    private final LongCat longcat;
    private String host = "127.0.0.1";
    private int port = 8080;
    private Optional<String> apiKey = Optional.empty();
    private String modelName = "longcat";
    private final Set<String> hosts = new HashSet<>();
    private final Set<String> origins = new HashSet<>();
    private final List<MeterBinder> meters = new ArrayList<>();
    private int maxBodyBytes = 64 << 20;
    private long bodyBudget = Budget.ofHeap();
    private int maxConnections = 256;
    private int maxRequests = 32;
    private int maxSessions = 16;
    private Duration idleTimeout = Duration.ofSeconds(60);
    private Duration bodyTimeout = Duration.ofSeconds(60);
    private Duration requestTimeout = Duration.ofMinutes(10);
    private Duration stopTimeout = Duration.ofSeconds(10);
    private String transcriptionRequest = "Write down what you hear.";
    private String speechRequest = "Please say: ";

    private Builder(LongCat longcat) {
      this.longcat = Objects.requireNonNull(longcat, "longcat");
    }

    /**
     * Sets where to listen; default 127.0.0.1.
     *
     * @param address of this machine; one that is not the loopback's needs {@link #apiKey}
     * @return this
     */
    public Builder host(String address) {
      this.host = Objects.requireNonNull(address, "address");
      return this;
    }

    /**
     * Sets where to listen; default 8080.
     *
     * @param port 0 for any that is free
     * @return this
     */
    public Builder port(int port) {
      require(port >= 0 && port <= 65535, "port", port, "0 to 65535");
      this.port = port;
      return this;
    }

    /**
     * Asks clients for a key; default none.
     *
     * @param key printable ASCII, none of it white space
     * @return this
     */
    public Builder apiKey(String key) {
      if (!key.matches("[!-~]+")) {
        throw new InvalidRequestException(
            "The server's key is empty or holds characters that do not fit into a header; pass"
                + " letters, digits and signs without spaces");
      }
      this.apiKey = Optional.of(key);
      return this;
    }

    /**
     * Sets what clients read as the model's name; default {@code longcat}. Requests may name any.
     *
     * @param name such as {@code longcat-tiny}
     * @return this
     */
    public Builder modelName(String name) {
      this.modelName = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Allows more names that clients call this server by, beside {@code localhost} and addresses.
     *
     * @param names without a port
     * @return this
     */
    public Builder allowHosts(String... names) {
      hosts.addAll(Arrays.asList(names));
      return this;
    }

    /**
     * Allows pages of other sites to ask.
     *
     * @param sites such as {@code https://example.org:8443}
     * @return this
     */
    public Builder allowOrigins(String... sites) {
      origins.addAll(Arrays.asList(sites));
      return this;
    }

    /**
     * Adds meters to {@code /metrics}, such as {@code LongCatMetrics} of {@code
     * longcat-micrometer}.
     *
     * @param binders bound when the server starts
     * @return this
     */
    public Builder meters(MeterBinder... binders) {
      meters.addAll(Arrays.asList(binders));
      return this;
    }

    /**
     * Bounds a request's body; default 64 MiB. A message over a WebSocket may have as much, but at
     * most 16 MiB, and all of them together what the heap allows.
     *
     * @param bytes at least 1024
     * @return this
     */
    public Builder maxBodyBytes(int bytes) {
      require(bytes >= 1024, "maxBodyBytes", bytes, "at least 1024");
      this.maxBodyBytes = bytes;
      return this;
    }

    /** Bounds the bodies of all requests together, for tests; else the heap says. */
    Builder bodyBudget(long bytes) {
      this.bodyBudget = bytes;
      return this;
    }

    /**
     * Bounds open connections; default 256. More wait until one is closed.
     *
     * @param connections at least 1
     * @return this
     */
    public Builder maxConnections(int connections) {
      require(connections >= 1, "maxConnections", connections, "at least 1");
      this.maxConnections = connections;
      return this;
    }

    /**
     * Bounds requests that are answered at once; default 32. More get status 429.
     *
     * @param requests at least 1
     * @return this
     */
    public Builder maxRequests(int requests) {
      require(requests >= 1, "maxRequests", requests, "at least 1");
      this.maxRequests = requests;
      return this;
    }

    /**
     * Bounds realtime sessions at once; default 16. More get status 429.
     *
     * @param sessions at least 0
     * @return this
     */
    public Builder maxSessions(int sessions) {
      require(sessions >= 0, "maxSessions", sessions, "at least 0");
      this.maxSessions = sessions;
      return this;
    }

    /**
     * Bounds how long nothing may move on a connection, unless a reply is being made; and how long
     * a reader may take nothing of one. Default 60 s.
     *
     * @param time at least 1 ms
     * @return this
     */
    public Builder idleTimeout(Duration time) {
      this.idleTimeout = positive("idleTimeout", time);
      return this;
    }

    /**
     * Bounds how long a request may take to arrive; default 60 s.
     *
     * @param time at least 1 ms
     * @return this
     */
    public Builder bodyTimeout(Duration time) {
      this.bodyTimeout = positive("bodyTimeout", time);
      return this;
    }

    /**
     * Bounds how long a reply may take; default 10 minutes.
     *
     * @param time at least 1 ms
     * @return this
     */
    public Builder requestTimeout(Duration time) {
      this.requestTimeout = positive("requestTimeout", time);
      return this;
    }

    /**
     * Bounds how long running replies may take when the server closes; default 10 s.
     *
     * @param time at least 1 ms
     * @return this
     */
    public Builder stopTimeout(Duration time) {
      this.stopTimeout = positive("stopTimeout", time);
      return this;
    }

    /**
     * Sets how the model is asked to write down a sound; default {@code Write down what you hear.}
     *
     * @param words follow the sound
     * @return this
     */
    public Builder transcriptionRequest(String words) {
      this.transcriptionRequest = Objects.requireNonNull(words, "words");
      return this;
    }

    /**
     * Sets how the model is asked to read aloud; default <code>Please say: </code>.
     *
     * @param words come before the text
     * @return this
     */
    public Builder speechRequest(String words) {
      this.speechRequest = Objects.requireNonNull(words, "words");
      return this;
    }

    /**
     * Starts to listen.
     *
     * @return the server, to be closed by the caller
     * @throws LongCatException if it cannot listen there, or may not without a key
     */
    public LongCatServer start() {
      Settings settings =
          new Settings(
              host,
              port,
              modelName,
              new Gate(apiKey, hosts, origins),
              new Limits(
                  maxBodyBytes,
                  Settings.HEADER_BYTES,
                  maxConnections,
                  maxRequests,
                  maxSessions,
                  idleTimeout,
                  bodyTimeout,
                  requestTimeout,
                  stopTimeout),
              bodyBudget,
              meters,
              transcriptionRequest,
              speechRequest);
      return new LongCatServer(Running.start(longcat, settings));
    }

    private static Duration positive(String name, Duration time) {
      require(time.toMillis() >= 1, name, time, "at least 1 ms");
      return time;
    }

    private static void require(boolean holds, String name, Object value, String expected) {
      if (!holds) {
        throw new InvalidRequestException(name + " is " + value + "; pass " + expected);
      }
    }
  }
}
