package io.longcat4j.server;

import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.server.chat.ChatEndpoint;
import io.longcat4j.server.chat.ModelsEndpoint;
import io.longcat4j.server.chat.SpeechEndpoint;
import io.longcat4j.server.chat.TranscriptionEndpoint;
import io.longcat4j.server.http.Admission;
import io.longcat4j.server.http.Budget;
import io.longcat4j.server.http.Model;
import io.longcat4j.server.http.Router;
import io.longcat4j.server.http.Router.Route;
import io.longcat4j.server.realtime.RealtimeSockets;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that listens. Thread-safe. */
final class Running {
  private static final Logger LOG = LoggerFactory.getLogger(Running.class);
  private static final String SOCKET_PATH = "/v1/realtime";
  private static final Duration AFTER_CANCELLING = Duration.ofSeconds(5);

  /** For accepting, selecting, and requests that are refused. */
  private static final int SPARE_THREADS = 16;

  private final Settings settings;
  private final Server server;
  private final ServerConnector connector;
  private final Admission requests;
  private final RealtimeSockets sockets;
  private final Status status;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  private Running(LongCat longcat, Settings settings) {
    this.settings = settings;
    QueuedThreadPool threads =
        new QueuedThreadPool(
            settings.limits().requests() + settings.limits().sessions() + SPARE_THREADS, 4);
    threads.setName("longcat-server");
    threads.setDaemon(true);
    this.server = new Server(threads);
    this.connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http(settings)));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(settings.limits().idle().toMillis());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(settings.limits().connections(), connector));
    server.setErrorHandler(new MalformedRequests());
    this.requests = new Admission("requests", settings.limits().requests());
    Model model = new Model(longcat, settings.modelName(), requests, Clock.systemUTC());
    this.sockets =
        new RealtimeSockets(
            server, model, settings.limits(), threads, settings.transcriptionRequest());
    this.status = new Status(settings.meters(), requests, sockets.sessions());
    server.setHandler(
        new Router(
            settings.gate(),
            settings.limits(),
            new Budget(settings.bodyBudget()),
            routes(model),
            SOCKET_PATH,
            sockets::upgrade));
  }

  private static HttpConfiguration http(Settings settings) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(settings.limits().headerBytes());
    http.setIdleTimeout(settings.limits().idle().toMillis());
    return http;
  }

  private Map<String, Route> routes(Model model) {
    ModelsEndpoint models = new ModelsEndpoint(model);
    Map<String, Route> routes = new HashMap<>();
    routes.put(
        "/v1/chat/completions", new Route("POST", /* open= */ false, new ChatEndpoint(model)));
    routes.put(ModelsEndpoint.PATH, new Route("GET", /* open= */ false, models));
    routes.put(ModelsEndpoint.PATH + "/", new Route("GET", /* open= */ false, models));
    routes.put(
        "/v1/audio/transcriptions",
        new Route(
            "POST",
            /* open= */ false,
            new TranscriptionEndpoint(model, settings.transcriptionRequest())));
    routes.put(
        "/v1/audio/speech",
        new Route("POST", /* open= */ false, new SpeechEndpoint(model, settings.speechRequest())));
    routes.put("/health", new Route("GET", /* open= */ true, status::ready));
    routes.put("/health/ready", new Route("GET", /* open= */ true, status::ready));
    routes.put("/health/live", new Route("GET", /* open= */ true, status::live));
    routes.put("/metrics", new Route("GET", /* open= */ false, status::metrics));
    return routes;
  }

  static Running start(LongCat longcat, Settings settings) {
    Running running = new Running(longcat, settings);
    try {
      running.server.start();
    } catch (Exception e) {
      running.stopJetty();
      throw new LongCatException(
          "The server cannot listen at "
              + settings.host()
              + ":"
              + settings.port()
              + " ("
              + reason(e)
              + "); pass another port, or end what listens there",
          e);
    }
    return running;
  }

  private static @Nullable String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure.getMessage() : cause.getMessage();
  }

  int port() {
    return connector.getLocalPort();
  }

  URI uri() {
    String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
    return URI.create("http://" + host + ":" + port());
  }

  void awaitClosed() throws InterruptedException {
    closed.await();
  }

  void close() {
    if (closing.compareAndSet(false, true)) {
      try {
        end();
      } finally {
        closed.countDown();
      }
    } else {
      waitForOther();
    }
  }

  private void end() {
    status.closing();
    requests.close();
    sockets.drain();
    connector.close();
    long start = System.nanoTime();
    try {
      Duration patience = settings.limits().stop();
      boolean left = requests.awaitEmpty(patience);
      Duration rest = patience.minusNanos(System.nanoTime() - start);
      left &= sockets.sessions().awaitEmpty(rest);
      if (!left) {
        requests.cancelAll();
        sockets.sessions().cancelAll();
        requests.awaitEmpty(AFTER_CANCELLING);
        sockets.sessions().awaitEmpty(AFTER_CANCELLING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      requests.cancelAll();
      sockets.sessions().cancelAll();
    }
    stopJetty();
    status.close();
  }

  private void stopJetty() {
    try {
      server.setStopTimeout(0);
      server.stop();
    } catch (Exception e) {
      LOG.warn("The server did not stop cleanly", e);
    }
  }

  private void waitForOther() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
