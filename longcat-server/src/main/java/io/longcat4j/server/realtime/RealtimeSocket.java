package io.longcat4j.server.realtime;

import io.longcat4j.server.http.Admission;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/** One WebSocket. Called by Jetty, one message after the other. */
public final class RealtimeSocket implements Session.Listener {
  private final RealtimeSockets owner;
  private final Admission.Ticket place;
  private final Dialect dialect;
  private @Nullable Commands commands;
  private @Nullable RealtimeConversation conversation;
  private @Nullable Session session;
  private volatile long heardNanos = System.nanoTime();

  RealtimeSocket(RealtimeSockets owner, Admission.Ticket place, Dialect dialect) {
    this.owner = owner;
    this.place = place;
    this.dialect = dialect;
  }

  @Override
  public void onWebSocketOpen(Session opened) {
    RealtimeConversation begun = owner.begin(this, new JettyWire(opened), dialect);
    session = opened;
    conversation = begun;
    commands = new Commands(begun);
    begun.begin();
    owner.watch(this);
    opened.demand();
  }

  /**
   * Asks the client whether it is still there; one who has not answered for too long is cut off.
   *
   * @return whether the connection is open
   */
  boolean ping(Duration patience) {
    Session open = session;
    if (open == null || !open.isOpen()) {
      return false;
    }
    if (System.nanoTime() - heardNanos > patience.toNanos()) {
      open.disconnect();
      return false;
    }
    open.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
    return true;
  }

  @Override
  public void onWebSocketPong(ByteBuffer payload) {
    heardNanos = System.nanoTime();
    demand();
  }

  @Override
  public void onWebSocketText(String message) {
    heardNanos = System.nanoTime();
    if (commands != null) {
      commands.receive(message);
    }
    demand();
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    heardNanos = System.nanoTime();
    callback.succeed();
    if (commands != null) {
      commands.receiveBinary();
    }
    demand();
  }

  private void demand() {
    if (session != null && session.isOpen()) {
      session.demand();
    }
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    ended();
  }

  @Override
  public void onWebSocketClose(int statusCode, @Nullable String reason, Callback callback) {
    ended();
    callback.succeed();
  }

  private void ended() {
    if (conversation != null) {
      conversation.close();
    }
    owner.ended(this);
    place.close();
  }

  /** A connection of Jetty's. */
  private record JettyWire(Session session) implements Wire {
    @Override
    public void send(String text, Runnable sent, Consumer<Throwable> failed) {
      session.sendText(text, Callback.from(sent, failed));
    }

    @Override
    public void close(int status, String reason) {
      session.close(status, reason, Callback.NOOP);
    }

    @Override
    public void cut() {
      session.disconnect();
    }
  }
}
