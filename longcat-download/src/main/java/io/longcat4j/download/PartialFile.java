package io.longcat4j.download;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way: what arrived lies in a file of its own, beside a note of what it is to become,
 * and is hashed as it is written. What an earlier download left is read once, for the hash. Whoever
 * opens it closes it; not thread-safe.
 */
final class PartialFile implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final WorkDirectory work;
  private final RepositoryFile file;
  private final FileChannel channel;
  private final WriteBack writeBack;
  private @Nullable MessageDigest digest;
  private long length;
  private @Nullable String tag;

  /** What an unfinished file is to become, and the tag of the content that it was begun with. */
  private record State(long bytes, String hash, @Nullable String tag) {}

  private PartialFile(WorkDirectory work, RepositoryFile file, FileChannel channel) {
    this.work = work;
    this.file = file;
    this.channel = channel;
    this.writeBack = new WriteBack(work.threads(), () -> channel.force(/* metaData= */ false));
    beginHash();
  }

  /**
   * Opens it.
   *
   * @param read hears how much of what was there has been read again
   */
  static PartialFile open(WorkDirectory work, RepositoryFile file, LongConsumer read)
      throws InterruptedException {
    FileChannel channel = null;
    try {
      Files.createDirectories(Objects.requireNonNull(work.part(file).getParent()));
      channel =
          FileChannel.open(
              work.part(file),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      PartialFile partial = new PartialFile(work, file, channel);
      partial.takeOver(read);
      return partial;
    } catch (IOException e) {
      close(channel);
      throw failure(work.part(file), e);
    } catch (InterruptedException | RuntimeException | Error e) {
      close(channel);
      throw e;
    }
  }

  /** How many bytes of a file are there already. */
  static long bytesOf(WorkDirectory work, RepositoryFile file) {
    try {
      return read(work, file).isPresent() ? Math.min(file.bytes(), Files.size(work.part(file))) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private void takeOver(LongConsumer read) throws IOException, InterruptedException {
    Optional<State> state = read(work, file);
    long found = channel.size();
    if (state.isEmpty() || found > file.bytes()) {
      restart();
      return;
    }
    if (digest != null) {
      FileHashing.update(channel, found, digest, read);
    }
    tag = state.get().tag();
    length = found;
    channel.position(found);
    read.accept(found);
  }

  private static Optional<State> read(WorkDirectory work, RepositoryFile file) {
    try {
      State state = JSON.readValue(work.partState(file).toFile(), State.class);
      return Optional.of(state)
          .filter(known -> known.bytes() == file.bytes() && hash(file).equals(known.hash()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Without a hash only the tag, which belongs to one content, says what was begun. */
  private static String hash(RepositoryFile file) {
    return file.hash().map(ContentHash::toString).orElse("none");
  }

  long length() {
    return length;
  }

  /** The tag of the content that was begun, for asking for the rest of the same. */
  Optional<String> tag() {
    return Optional.ofNullable(tag);
  }

  boolean isComplete() {
    return length == file.bytes();
  }

  /** Whether going on is safe: either the hash or the tag would tell that the content changed. */
  boolean canGoOn() {
    return length > 0 && (digest != null || tag != null);
  }

  /** Forgets what arrived. */
  void restart() throws InterruptedException {
    try {
      Files.deleteIfExists(work.partState(file));
      channel.truncate(0).position(0);
      length = 0;
      tag = null;
      beginHash();
    } catch (ClosedByInterruptException e) {
      throw FileHashing.interrupted();
    } catch (IOException e) {
      throw failure(work.part(file), e);
    }
  }

  /** Notes what the content to come belongs to, before it comes. */
  void note(Optional<String> newTag) {
    if (length > 0 && newTag.equals(tag())) {
      return;
    }
    tag = newTag.orElse(null);
    try {
      Path state = work.partState(file);
      Path written = state.resolveSibling(state.getFileName() + ".new");
      State noted = new State(file.bytes(), hash(file), tag);
      JSON.writeValue(written.toFile(), noted);
      Files.move(
          written, state, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failure(work.partState(file), e);
    }
  }

  /** Appends. */
  void write(byte[] bytes, int count) throws InterruptedException {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      writeBack.wrote(count);
    } catch (ClosedByInterruptException e) {
      throw FileHashing.interrupted();
    } catch (IOException e) {
      throw failure(work.part(file), e);
    }
    if (digest != null) {
      digest.update(bytes, 0, count);
    }
    length += count;
  }

  /** Whether the whole content is what it should be; asked once. */
  boolean matches() {
    return file.hash().isEmpty()
        || file.hash().get().matches(Objects.requireNonNull(digest, "begun with the file"));
  }

  /** Puts the file in its place, written through, so that a note of it is true after a crash. */
  void finish() throws InterruptedException {
    Path target = work.target(file);
    try {
      writeBack.finish();
      channel.force(/* metaData= */ true);
      channel.close();
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      Files.move(
          work.part(file),
          target,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(work.partState(file));
    } catch (ClosedByInterruptException e) {
      throw FileHashing.interrupted();
    } catch (IOException e) {
      throw failure(target, e);
    }
    work.verified().add(file);
  }

  @Override
  public void close() {
    close(channel);
  }

  private void beginHash() {
    digest = file.hash().map(hash -> hash.begin(file.bytes())).orElse(null);
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // What was written is there, or its hash will tell.
    }
  }

  private static DownloadException failure(Path path, IOException e) {
    return new DownloadException(
        path + ": cannot be written (" + e + "); make room there, or name another directory", e);
  }
}
