package io.longcat4j.download;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Content as it comes. Unlike the JDK's stream it gives all that arrived before a connection ended,
 * and hears interruptions on every JDK. One thread reads, any may close.
 */
final class ReceivedBody extends InputStream implements BodySubscriber<InputStream> {
  /** Pieces on their way, of the size of the client's buffers, 16 KB by default. */
  private static final int PIECES = 32;

  private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
  private volatile boolean closed;
  private volatile @Nullable Subscription subscription;
  private @Nullable Piece current;

  /** Some content, or how it ended. */
  private record Piece(List<ByteBuffer> buffers, boolean isLast, @Nullable Throwable failure) {
    boolean isEmpty() {
      return buffers.stream().noneMatch(ByteBuffer::hasRemaining);
    }
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Subscription begun) {
    subscription = begun;
    if (closed) {
      begun.cancel();
    } else {
      begun.request(PIECES);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    pieces.add(new Piece(buffers, /* isLast= */ false, null));
  }

  @Override
  public void onError(Throwable failure) {
    pieces.add(new Piece(List.of(), /* isLast= */ true, failure));
  }

  @Override
  public void onComplete() {
    pieces.add(new Piece(List.of(), /* isLast= */ true, null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    Piece piece = next();
    if (piece.isLast()) {
      if (piece.failure() != null) {
        throw new IOException(piece.failure());
      }
      return -1;
    }
    int done = 0;
    for (ByteBuffer buffer : piece.buffers()) {
      int count = Math.min(length - done, buffer.remaining());
      buffer.get(bytes, offset + done, count);
      done += count;
    }
    return done;
  }

  /** The piece that is being read; the last one stays. */
  private Piece next() throws IOException {
    Piece piece = current;
    while (piece == null || (!piece.isLast() && piece.isEmpty())) {
      if (closed) {
        throw new IOException("it was closed");
      }
      Subscription from = subscription;
      if (piece != null && from != null) {
        from.request(1);
      }
      try {
        piece = pieces.take();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("it was interrupted");
      }
      current = piece;
    }
    return piece;
  }

  @Override
  public void close() {
    closed = true;
    Subscription from = subscription;
    if (from != null) {
      from.cancel();
    }
    pieces.add(new Piece(List.of(), /* isLast= */ true, new IOException("it was closed")));
  }
}
