package io.longcat4j.download;

import io.longcat4j.download.Verification.Checked;
import io.longcat4j.download.Verification.State;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** Compares a file that is there with what is listed. */
final class Check implements Job {
  private final RepositoryFile file;
  private final Path path;
  private volatile long done;
  private volatile Checked result;

  Check(RepositoryFile file, Path directory) {
    this.file = file;
    this.path = directory.resolve(file.path());
    this.result = new Checked(file, State.MISSING, 0);
  }

  @Override
  public void run() throws InterruptedException {
    if (Files.isRegularFile(path)) {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        result = new Checked(file, state(channel), channel.size());
      } catch (IOException e) {
        throw new DownloadException(path + ": cannot be read (" + e + ")", e);
      }
    }
    done = file.bytes();
  }

  private State state(FileChannel channel) throws IOException, InterruptedException {
    if (channel.size() != file.bytes()) {
      return State.WRONG_LENGTH;
    }
    if (file.hash().isEmpty()) {
      return State.UNCHECKED;
    }
    MessageDigest digest = file.hash().get().begin(file.bytes());
    FileHashing.update(channel, file.bytes(), digest, read -> done = read);
    return file.hash().get().matches(digest) ? State.RIGHT : State.WRONG_CONTENT;
  }

  Checked result() {
    return result;
  }

  @Override
  public long done() {
    return done;
  }

  /** Nothing comes over a network, but the time left is told by what is read. */
  @Override
  public long received() {
    return done;
  }

  @Override
  public void cut() {}

  @Override
  public void endSilence(long nanos) {}
}
