package io.longcat4j.parallel;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection to another rank. One thread reads; any may write, one after the other. Interrupting
 * those threads neither ends nor closes anything; {@link #close} ends all of it with an {@link
 * IOException}. Made on channels that do not block, since those that do are closed by interrupts.
 */
final class Wire implements Closeable {
  /** How often whoever waits asks whether it may go on. */
  private static final long ASK_MILLIS = 50;

  private final SocketChannel channel;
  private final Selector readable;
  private final Selector writable;

  /** Fair, so that one frame comes between the pieces of something long. */
  private final ReentrantLock writing = new ReentrantLock(true);

  private volatile long heardNanos = System.nanoTime();

  /** How a reader or writer waits. */
  record Waiting(int spins, boolean asks, Watch watch) {
    /** Until something comes or the wire is closed. */
    static final Waiting LONG = new Waiting(0, false, () -> {});

    /** Asks before it waits longer, and now and then from then on. */
    static Waiting watched(int spins, Watch watch) {
      return new Waiting(spins, true, watch);
    }
  }

  /** The time is over. */
  private static final class TimeOver extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Runs something that waits, for so long. */
  static <T> T within(long nanos, Timed<T> action) throws IOException {
    long until = System.nanoTime() + nanos;
    Watch watch =
        () -> {
          if (System.nanoTime() - until > 0) {
            throw new TimeOver();
          }
        };
    try {
      return action.run(Waiting.watched(0, watch));
    } catch (TimeOver e) {
      throw new SocketTimeoutException(
          "nothing came within " + TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0 + " s");
    }
  }

  /** Something that waits. */
  interface Timed<T> {
    T run(Waiting waiting) throws IOException;
  }

  /** Takes over a channel, which is closed where this fails. */
  Wire(SocketChannel channel) throws IOException {
    this.channel = channel;
    Selector forReading = null;
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      forReading = Selector.open();
      channel.register(forReading, SelectionKey.OP_READ);
      this.readable = forReading;
      this.writable = Selector.open();
      channel.register(writable, SelectionKey.OP_WRITE);
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (forReading != null) {
        forReading.close();
      }
      throw e;
    }
  }

  /** Where the other end is. */
  String peer() {
    try {
      return String.valueOf(channel.getRemoteAddress());
    } catch (IOException e) {
      return "a closed connection";
    }
  }

  /** When something last came. */
  long heardNanos() {
    return heardNanos;
  }

  /** Fills the buffers. */
  void read(Waiting waiting, ByteBuffer... into) throws IOException {
    boolean interrupted = false;
    int idle = 0;
    try {
      while (hasRemaining(into)) {
        long count = channel.read(into);
        if (count < 0) {
          throw new EOFException("the connection ended");
        }
        if (count > 0) {
          heardNanos = System.nanoTime();
          idle = 0;
        } else if (idle++ < waiting.spins) {
          Thread.onSpinWait();
        } else {
          interrupted |= Thread.interrupted();
          select(readable, waiting);
        }
      }
    } finally {
      restore(interrupted);
    }
  }

  /** Sends the buffers, after what is being sent. */
  void write(Waiting waiting, ByteBuffer... from) throws IOException {
    writing.lock();
    try {
      writeLocked(waiting, from);
    } finally {
      writing.unlock();
    }
  }

  void write(Waiting waiting, Frame frame) throws IOException {
    write(waiting, frame.header(), frame.payload().duplicate());
  }

  /** Sends a frame unless something else is being sent. */
  void writeIfIdle(Waiting waiting, Frame frame) throws IOException {
    if (writing.tryLock()) {
      try {
        writeLocked(waiting, frame.header(), frame.payload().duplicate());
      } finally {
        writing.unlock();
      }
    }
  }

  private void writeLocked(Waiting waiting, ByteBuffer... from) throws IOException {
    boolean interrupted = false;
    int idle = 0;
    try {
      while (hasRemaining(from)) {
        if (channel.write(from) > 0) {
          idle = 0;
        } else if (idle++ < waiting.spins) {
          Thread.onSpinWait();
        } else {
          interrupted |= Thread.interrupted();
          select(writable, waiting);
        }
      }
    } finally {
      restore(interrupted);
    }
  }

  /** Sends a frame after at most what is being sent, and not at all if that takes too long. */
  void writeSoon(Waiting waiting, Frame frame, long nanos) throws IOException {
    try {
      if (writing.tryLock(nanos, TimeUnit.NANOSECONDS)) {
        try {
          writeLocked(waiting, frame.header(), frame.payload().duplicate());
        } finally {
          writing.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void select(Selector selector, Waiting waiting) throws IOException {
    try {
      waiting.watch.check();
      selector.select(waiting.asks ? ASK_MILLIS : 0);
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException e) {
      throw new ClosedChannelException();
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean hasRemaining(ByteBuffer... buffers) {
    for (ByteBuffer buffer : buffers) {
      if (buffer.hasRemaining()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    closeQuietly(channel);
    closeQuietly(readable);
    closeQuietly(writable);
  }

  static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // Nothing can be done for it any more.
    }
  }
}
