package io.longcat4j.server.realtime;

import io.longcat4j.server.http.Admission;
import io.longcat4j.server.http.Budget;
import io.longcat4j.server.http.Limits;
import io.longcat4j.server.http.Model;
import io.longcat4j.server.http.Subprotocols;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;

/** Opens WebSockets of {@code /v1/realtime} and knows those that are open. Thread-safe. */
public final class RealtimeSockets {
  /** The longest that OpenAI's clients send is 15 MiB of sound. */
  private static final long LONGEST_MESSAGE = 16 << 20;

  /** Within the time that a client may be silent. */
  private static final int PINGS = 3;

  private final Model model;
  private final Limits limits;
  private final SideRequests aside;
  private final Admission sessions;
  private final ServerWebSocketContainer container;
  private final Scheduler scheduler;
  private final Map<RealtimeSocket, RealtimeConversation> open = new ConcurrentHashMap<>();

  /**
   * Opens them on a server that has not started.
   *
   * @param server the server
   * @param model answers
   * @param limits what bounds clients
   * @param executor whose threads may wait
   * @param transcriptionRequest how the model is asked to write down
   */
  public RealtimeSockets(
      Server server, Model model, Limits limits, Executor executor, String transcriptionRequest) {
    this.model = model;
    this.limits = limits;
    this.aside = new SideRequests(model, executor, transcriptionRequest, limits.request());
    this.sessions = new Admission("realtime sessions", limits.sessions());
    this.container = ServerWebSocketContainer.ensure(server);
    long longest = Math.min(Math.min(limits.bodyBytes(), LONGEST_MESSAGE), Budget.ofHeap() / 4);
    container.setMaxTextMessageSize(longest);
    container.setMaxBinaryMessageSize(longest);
    container.setIdleTimeout(limits.idle());
    this.scheduler = server.getScheduler();
  }

  /**
   * Places for sessions.
   *
   * @return with those that are taken
   */
  public Admission sessions() {
    return sessions;
  }

  /**
   * Makes a WebSocket of a request.
   *
   * @param request asks for it
   * @param response its answer
   * @param callback told when that is done
   * @return whether it asked for one
   */
  public boolean upgrade(Request request, Response response, Callback callback) {
    AtomicReference<RealtimeSocket> socket = new AtomicReference<>();
    Admission.Ticket place = sessions.enter(() -> cancel(socket.get()));
    boolean upgraded = false;
    try {
      upgraded =
          container.upgrade(
              (asked, answer, told) -> {
                RealtimeSocket made = new RealtimeSocket(this, place, dialect(asked));
                accept(asked, answer);
                socket.set(made);
                return made;
              },
              request,
              response,
              callback);
      return upgraded;
    } finally {
      if (!upgraded || socket.get() == null) {
        place.close();
      }
    }
  }

  private static Dialect dialect(ServerUpgradeRequest request) {
    String header = request.getHeaders().get("OpenAI-Beta");
    boolean older =
        (header != null && header.contains("realtime=v1"))
            || request.hasSubProtocol(Subprotocols.BETA);
    return older ? Dialect.OLDER : Dialect.PRESENT;
  }

  /** Browsers give up where none of what they offer is accepted; the key is never sent back. */
  private static void accept(ServerUpgradeRequest request, ServerUpgradeResponse response) {
    response.setExtensions(List.of());
    if (request.hasSubProtocol(Subprotocols.REALTIME)) {
      response.setAcceptedSubProtocol(Subprotocols.REALTIME);
    }
  }

  RealtimeConversation begin(RealtimeSocket socket, Wire wire, Dialect dialect) {
    Outbox outbox = new Outbox(wire, dialect, limits.idle());
    RealtimeConversation conversation = new RealtimeConversation(model, outbox, aside);
    open.put(socket, conversation);
    return conversation;
  }

  /** Keeps a connection that is silent, and ends one whose client is gone without a word. */
  void watch(RealtimeSocket socket) {
    scheduler.schedule(
        () -> {
          if (socket.ping(limits.idle())) {
            watch(socket);
          }
        },
        Math.max(1, limits.idle().toMillis() / PINGS),
        TimeUnit.MILLISECONDS);
  }

  void ended(RealtimeSocket socket) {
    open.remove(socket);
  }

  private void cancel(@org.jspecify.annotations.Nullable RealtimeSocket socket) {
    RealtimeConversation conversation = socket == null ? null : open.get(socket);
    if (conversation != null) {
      conversation.close();
    }
  }

  /** Lets nobody in any more; sessions end after the reply that they are making. */
  public void drain() {
    sessions.close();
    open.values().forEach(RealtimeConversation::drain);
  }
}
