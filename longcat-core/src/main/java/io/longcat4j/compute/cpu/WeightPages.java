package io.longcat4j.compute.cpu;

import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.WeightMemory;
import io.longcat4j.WeightMemory.Mode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the pages of weights into memory, piece by piece, always with the next piece on its way.
 * {@link #close} stops what runs in the background and takes locks back. Thread-safe.
 */
final class WeightPages implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WeightPages.class);
  private static final long PIECE_BYTES = 64 << 20;

  private final WeightMemory wanted;
  private final Pages pages;
  private final List<ByteBuffer> buffers;
  private final List<PageRange> pieces;
  private final long total;
  private @Nullable Thread background;
  private volatile boolean stopped;
  private volatile long present;
  private volatile long locked;
  private volatile long hugeAllowed;

  /**
   * Knows where the weights are.
   *
   * @param buffers direct; held until this is closed, so that their memory stays
   */
  WeightPages(List<ByteBuffer> buffers, WeightMemory wanted, Pages pages) {
    this.buffers = new ArrayList<>(buffers);
    this.wanted = wanted;
    this.pages = pages;
    List<PageRange> ranges = new ArrayList<>();
    for (ByteBuffer buffer : buffers) {
      ranges.add(PageRange.around(pages.address(buffer), buffer.remaining(), pages.pageBytes()));
    }
    this.pieces =
        PageRange.merged(ranges).stream().flatMap(r -> r.pieces(PIECE_BYTES).stream()).toList();
    this.total = pieces.stream().mapToLong(PageRange::bytes).sum();
  }

  /** Does what is wanted; waits for the pages unless they come in the background or on demand. */
  void settle(LoadingListener listener) {
    if (wanted.hugePages()) {
      hugeAllowed = pieces.stream().filter(pages::hugePages).mapToLong(PageRange::bytes).sum();
    }
    switch (wanted.mode()) {
      case ON_DEMAND -> {}
      case READ_AHEAD -> startBackground();
      case PRELOADED -> bringIn(listener);
      case LOCKED -> {
        if (!lockAll(listener)) {
          bringIn(listener);
        }
      }
    }
  }

  private void startBackground() {
    Thread thread = new Thread(() -> bringIn(LoadingListener.silent()), "longcat-read-ahead");
    thread.setDaemon(true);
    background = thread;
    thread.start();
  }

  private void bringIn(LoadingListener listener) {
    long done = 0;
    for (int i = 0; i < pieces.size() && !stopped; i++) {
      report(listener, done);
      announce(i);
      pages.touch(pieces.get(i));
      done += pieces.get(i).bytes();
      present = done;
    }
  }

  private boolean lockAll(LoadingListener listener) {
    long done = 0;
    for (int i = 0; i < pieces.size(); i++) {
      report(listener, done);
      announce(i);
      if (!pages.lock(pieces.get(i))) {
        unlock(i);
        warn();
        return false;
      }
      done += pieces.get(i).bytes();
      present = done;
      locked = done;
    }
    return true;
  }

  /** The piece after the one that is waited for. */
  private void announce(int piece) {
    if (piece == 0) {
      pages.readAhead(pieces.get(0));
    }
    if (piece + 1 < pieces.size()) {
      pages.readAhead(pieces.get(piece + 1));
    }
  }

  private void unlock(int count) {
    pieces.subList(0, count).forEach(pages::unlock);
    locked = 0;
  }

  private void warn() {
    LOG.warn(
        "The weights are not locked in memory: the system refused {} bytes, the limit is {}. They"
            + " are read into memory, but may be paged out again. Raise the limit with 'ulimit -l"
            + " unlimited', LimitMEMLOCK=infinity in a systemd unit, or --ulimit memlock=-1 for a"
            + " container",
        total,
        pages.lockLimit() == Long.MAX_VALUE ? "none" : pages.lockLimit() + " bytes");
  }

  private void report(LoadingListener listener, long done) {
    LoadingProgress progress = new LoadingProgress(LoadingProgress.Phase.WEIGHTS, "", done, total);
    listener.onProgress(progress);
    if (progress.isAborted()) {
      throw new LoadingAbortedException(
          "Loading was aborted by its listener after "
              + done
              + " of "
              + total
              + " bytes of weights were in memory");
    }
  }

  String describe() {
    return String.format(
        Locale.ROOT,
        "%.1f MB mapped, %s, %s, %s",
        total / 1e6,
        arrival(),
        lock(),
        !wanted.hugePages()
            ? "huge pages not asked for"
            : "huge pages allowed for %.1f MB, used for %.1f MB"
                .formatted(hugeAllowed / 1e6, HugePages.usedForFiles() / 1e6));
  }

  private String arrival() {
    return wanted.mode() == Mode.ON_DEMAND
        ? "each page read when it is first touched (on demand)"
        : String.format(
            Locale.ROOT,
            "%.1f MB read %s",
            present / 1e6,
            wanted.mode() == Mode.READ_AHEAD ? "in the background" : "while loading");
  }

  private String lock() {
    if (wanted.mode() != Mode.LOCKED) {
      return "not locked (not asked for)";
    }
    return locked == total && total > 0
        ? "all locked"
        : "not locked (the system refused; the limit is " + pages.lockLimit() + " bytes)";
  }

  @Override
  public void close() {
    stopped = true;
    boolean interrupted = false;
    Thread thread = background;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (locked > 0) {
      unlock(pieces.size());
    }
    buffers.clear();
  }
}
