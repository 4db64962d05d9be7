package io.longcat4j.download;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Brings one file: over as many connections as it takes, until its hash is right. */
final class Transfer implements Job {
  /** Small enough to be still in a core's own cache when it is written and hashed. */
  private static final int BLOCK = 128 << 10;

  private static final int MOST_WRONG_CONTENTS = 3;
  private static final long SILENCE = Duration.ofSeconds(60).toNanos();

  private final RepositoryFile file;
  private final URI uri;
  private final Web web;
  private final WorkDirectory work;
  private final DownloadSettings settings;
  private final byte[] block;
  private volatile boolean cut;
  private volatile long done;
  private final AtomicLong received = new AtomicLong();
  private volatile long heardNanos;
  private volatile @Nullable InputStream body;

  Transfer(RepositoryFile file, URI uri, Web web, WorkDirectory work, DownloadSettings settings) {
    this.file = file;
    this.uri = uri;
    this.web = web;
    this.work = work;
    this.settings = settings;
    this.block = new byte[(int) Math.min(BLOCK, file.bytes() + 1)];
  }

  @Override
  public void run() throws InterruptedException {
    if (isThere()) {
      done = file.bytes();
      return;
    }
    try (PartialFile partial = PartialFile.open(work, file, read -> done = read)) {
      Patience patience = new Patience("Fetching " + file.path(), settings.retries(), pace());
      int wrong = 0;
      long furthest = partial.length();
      while (true) {
        IOException failure = partial.isComplete() ? null : receive(partial);
        done = partial.length();
        if (partial.isComplete()) {
          if (partial.matches()) {
            partial.finish();
            return;
          }
          partial.restart();
          if (++wrong == MOST_WRONG_CONTENTS) {
            throw new DownloadException(
                file.path()
                    + " came "
                    + wrong
                    + " times with content that is not what "
                    + uri.getHost()
                    + " lists ("
                    + file.hash().map(ContentHash::toString).orElse("")
                    + "); nothing of it is kept. Look at proxies on the way, or try another hub");
          }
          furthest = 0;
        } else if (failure != null) {
          if (partial.length() > furthest) {
            furthest = partial.length();
            patience.progressed();
          }
          patience.failed(failure);
        }
      }
    }
  }

  /** What lies in the file's place already, and is right. */
  private boolean isThere() throws InterruptedException {
    Path target = work.target(file);
    if (!Files.exists(target)) {
      return false;
    }
    if (work.verified().isRight(file)) {
      return true;
    }
    if (holds(target)) {
      work.verified().add(file);
      return true;
    }
    settings.requireReplaceable(target, work.verified().isOurs(file));
    done = 0;
    return false;
  }

  private boolean holds(Path target) throws InterruptedException {
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.READ)) {
      if (channel.size() != file.bytes() || file.hash().isEmpty()) {
        return channel.size() == file.bytes();
      }
      MessageDigest digest = file.hash().get().begin(file.bytes());
      FileHashing.update(channel, file.bytes(), digest, read -> done = read);
      return file.hash().get().matches(digest);
    } catch (IOException e) {
      throw new DownloadException(target + ": cannot be read (" + e + ")", e);
    }
  }

  /** One connection; tells why the file is not complete after it. */
  private @Nullable IOException receive(PartialFile partial) throws InterruptedException {
    if (!partial.canGoOn()) {
      partial.restart();
    }
    try (Answer answer = web.get(uri, range(partial))) {
      heardNanos = pace().nanos();
      body = answer.body();
      requireWanted();
      begin(partial, answer);
      copy(partial, answer.body());
      return null;
    } catch (TryAgainException e) {
      requireWanted();
      return e;
    } catch (IOException e) {
      requireWanted();
      return new IOException(
          file.path() + " ended after " + partial.length() + " of " + file.bytes() + " bytes", e);
    } finally {
      body = null;
    }
  }

  private static Map<String, String> range(PartialFile partial) {
    Map<String, String> headers = new HashMap<>();
    if (partial.length() > 0) {
      headers.put("Range", "bytes=" + partial.length() + "-");
      partial.tag().ifPresent(tag -> headers.put("If-Range", tag));
    }
    return headers;
  }

  /** Finds out whether the answer goes on where the file ends; if not, the file begins anew. */
  private void begin(PartialFile partial, Answer answer) throws IOException, InterruptedException {
    if (!answer.isPlain()) {
      throw again("is sent packed, though it was asked for as it is");
    }
    OptionalLong whole = answer.fileBytes();
    if (answer.status() == 416 || (whole.isPresent() && whole.getAsLong() != file.bytes())) {
      partial.restart();
      throw again(
          "is listed with "
              + file.bytes()
              + " bytes, but "
              + (whole.isPresent() ? whole.getAsLong() + " are sent" : "has fewer"));
    }
    OptionalLong start = answer.start();
    boolean sameContent =
        partial.length() == 0
            || partial.tag().isEmpty()
            || answer.strongTag().isEmpty()
            || answer.strongTag().equals(partial.tag());
    if (start.isEmpty() || (start.getAsLong() != 0 && start.getAsLong() != partial.length())) {
      partial.restart();
      throw again("is sent in another part than was asked for");
    }
    if (!sameContent && start.getAsLong() > 0) {
      partial.restart();
      throw again("has changed while it was fetched");
    }
    if (start.getAsLong() == 0 && partial.length() > 0) {
      partial.restart();
      done = 0;
    }
    partial.note(answer.strongTag());
  }

  private void copy(PartialFile partial, InputStream content)
      throws IOException, InterruptedException {
    boolean ended = false;
    while (!ended && !partial.isComplete()) {
      int filled = 0;
      int most = (int) Math.min(block.length, file.bytes() - partial.length());
      try {
        while (filled < most && !ended) {
          int count = content.read(block, filled, most - filled);
          heardNanos = pace().nanos();
          ended = count < 0;
          filled += Math.max(0, count);
        }
      } finally {
        partial.write(block, filled);
        received.addAndGet(filled);
        done = partial.length();
      }
    }
    if (ended) {
      throw again("ended after " + partial.length() + " of " + file.bytes() + " bytes");
    }
    if (content.read(block, 0, 1) > 0) {
      partial.restart();
      throw again("goes on after the " + file.bytes() + " bytes it is listed with");
    }
  }

  private TryAgainException again(String why) {
    return new TryAgainException(file.path() + " " + why, Optional.empty());
  }

  @Override
  public long done() {
    return done;
  }

  @Override
  public long received() {
    return received.get();
  }

  /** Until JDK 20 reading from a connection goes on under an interrupted thread. */
  @Override
  public void cut() {
    cut = true;
    closeBody();
  }

  @Override
  public void endSilence(long nanos) {
    if (nanos - heardNanos > SILENCE) {
      closeBody();
    }
  }

  private void closeBody() {
    InputStream open = body;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // Its reader will notice.
      }
    }
  }

  private void requireWanted() throws InterruptedException {
    if (Thread.interrupted() || cut) {
      throw new InterruptedException();
    }
  }

  private Pace pace() {
    return settings.pace();
  }
}
