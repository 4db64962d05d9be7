package io.longcat4j.server.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Notices that a client hangs up while its reply is made. Jetty does not read from a connection
 * whose request is being handled, so that a client who is gone would be noticed at the next write,
 * which for a reply that is sent whole is its end. This reads in its place; what a client sends
 * ahead of the reply is handed on.
 */
final class Departure implements AutoCloseable, Callback {
  private static final int AHEAD = 512;

  private final AbstractEndPoint endPoint;
  private final Connection connection;
  private final Runnable gone;
  private boolean ended;

  private Departure(AbstractEndPoint endPoint, Connection connection, Runnable gone) {
    this.endPoint = endPoint;
    this.connection = connection;
    this.gone = gone;
  }

  /** Begins to watch; the request's body must have been read to its end. */
  static Departure watch(Request request, Runnable gone) {
    Connection connection = request.getConnectionMetaData().getConnection();
    Departure departure =
        new Departure((AbstractEndPoint) connection.getEndPoint(), connection, gone);
    departure.endPoint.tryFillInterested(departure);
    return departure;
  }

  @Override
  public void succeeded() {
    boolean left = false;
    synchronized (this) {
      if (ended) {
        return;
      }
      ByteBuffer ahead = BufferUtil.allocate(AHEAD);
      try {
        int filled = endPoint.fill(ahead);
        if (filled == 0) {
          endPoint.tryFillInterested(this);
        } else if (filled > 0 && connection instanceof Connection.UpgradeTo reader) {
          ended = true;
          reader.onUpgradeTo(ahead);
        } else {
          left = true;
        }
      } catch (IOException e) {
        left = true;
      }
      ended |= left;
    }
    if (left) {
      gone.run();
    }
  }

  @Override
  public void failed(Throwable failure) {
    boolean left;
    synchronized (this) {
      left = !ended;
      ended = true;
    }
    if (left) {
      gone.run();
    }
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  /** Ends watching, so that the connection can read its next request. */
  @Override
  public void close() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    endPoint.getFillInterest().onFail(new IOException("no longer watched"));
  }
}
