package io.longcat4j.server.http;

import io.longcat4j.server.wire.ApiError;
import io.longcat4j.server.wire.ApiException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets requests through the gate and to what answers them. */
public final class Router extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);
  private static final String ALLOWED = "GET, HEAD, POST, OPTIONS";

  private final Gate gate;
  private final Limits limits;
  private final Map<String, Route> routes;
  private final String socketPath;
  private final Sockets sockets;
  private final Budget budget;

  /**
   * What answers requests to one path.
   *
   * @param method how it is asked; GET includes HEAD
   * @param open whether it is given without a key
   * @param endpoint answers
   */
  public record Route(String method, boolean open, Endpoint endpoint) {}

  /** Takes a connection over. */
  @FunctionalInterface
  public interface Sockets {
    /**
     * Makes a WebSocket of a request that has come through the gate.
     *
     * @param request asks for it
     * @param response its answer
     * @param callback told when that is done
     * @return whether it asked for one
     * @throws Exception if it fails
     */
    boolean upgrade(Request request, Response response, Callback callback) throws Exception;
  }

  /**
   * Answers.
   *
   * @param gate who may ask
   * @param limits what bounds requests
   * @param budget memory for bodies of requests
   * @param routes by path; one that ends with a slash holds for all below it
   * @param socketPath where WebSockets are opened
   * @param sockets opens them
   */
  public Router(
      Gate gate,
      Limits limits,
      Budget budget,
      Map<String, Route> routes,
      String socketPath,
      Sockets sockets) {
    this.gate = gate;
    this.limits = limits;
    this.budget = budget;
    this.routes = Map.copyOf(routes);
    this.socketPath = socketPath;
    this.sockets = sockets;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response, limits, budget);
    // While the model works nothing moves on the connection, which is no reason to cut it.
    request.addIdleTimeoutListener(timeout -> false);
    try {
      addHeaders(response.getHeaders());
      if (!serve(exchange, request, response, callback)) {
        return true;
      }
      callback.succeeded();
    } catch (IOException e) {
      callback.failed(e);
    } catch (RuntimeException e) {
      refuse(exchange, callback, e);
    } finally {
      exchange.forget();
    }
    return true;
  }

  /** Whether the callback is still to be told. */
  private boolean serve(Exchange exchange, Request request, Response response, Callback callback)
      throws IOException {
    gate.requireHost(request.getHeaders().getValuesList(HttpHeader.HOST));
    Optional<String> stranger =
        gate.requireOrigin(exchange.header("Origin"), exchange.header("Host"));
    stranger.ifPresent(origin -> admit(exchange, origin));
    if (exchange.method().equals("OPTIONS")) {
      exchange.setHeader("Allow", ALLOWED);
      exchange.answer(204);
      return true;
    }
    if (exchange.path().equals(socketPath)) {
      requireKey(request);
      return !upgrade(request, response, callback);
    }
    Route route = route(exchange.path());
    if (!route.open()) {
      requireKey(request);
    }
    boolean asked =
        exchange.method().equals(route.method())
            || (exchange.method().equals("HEAD") && route.method().equals("GET"));
    if (!asked) {
      exchange.setHeader("Allow", route.method());
      throw ApiException.of(
          405, "method_not_allowed", exchange.path() + " is asked by " + route.method());
    }
    route.endpoint().answer(exchange);
    return true;
  }

  private void requireKey(Request request) {
    List<String> offered = request.getHeaders().getCSV("Sec-WebSocket-Protocol", true);
    gate.requireKey(request.getHeaders().get(HttpHeader.AUTHORIZATION), offered);
  }

  private boolean upgrade(Request request, Response response, Callback callback)
      throws IOException {
    try {
      if (sockets.upgrade(request, response, callback)) {
        return true;
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
    throw ApiException.of(426, "upgrade_required", socketPath + " is a WebSocket; open it as one");
  }

  private Route route(String path) {
    Route exact = routes.get(path);
    if (exact != null) {
      return exact;
    }
    int slash = path.lastIndexOf('/');
    Route below = routes.get(path.substring(0, slash + 1));
    if (below != null) {
      return below;
    }
    if (path.startsWith("/v1/")) {
      throw ApiException.of(404, "unknown_url", "There is nothing at " + path);
    }
    return new Route("GET", /* open= */ true, Page::serve);
  }

  private static void addHeaders(HttpFields.Mutable headers) {
    headers.put("x-request-id", "req_" + UUID.randomUUID());
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Vary", "Origin");
  }

  /** What a browser wants to hear before it gives a page of another site the answer. */
  private static void admit(Exchange exchange, String origin) {
    exchange.setHeader("Access-Control-Allow-Origin", origin);
    exchange.setHeader("Access-Control-Expose-Headers", "x-request-id");
    String wanted = exchange.header("Access-Control-Request-Headers");
    if (wanted != null) {
      exchange.setHeader("Access-Control-Allow-Headers", wanted);
      exchange.setHeader("Access-Control-Allow-Methods", ALLOWED);
    }
  }

  private static void refuse(Exchange exchange, Callback callback, RuntimeException failure) {
    ApiError error = ApiError.of(failure);
    try {
      if (exchange.isBegun()) {
        exchange.endWith(error);
      } else {
        exchange.answer(error);
      }
      callback.succeeded();
    } catch (IOException e) {
      LOG.debug("A client did not take an error", e);
      callback.failed(e);
    }
  }
}
