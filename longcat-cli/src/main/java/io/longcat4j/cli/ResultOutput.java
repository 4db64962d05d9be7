package io.longcat4j.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that does not lose results in silence: once it cannot be written, that and every
 * later write throws {@link Lost}, which writers around it do not swallow. Not thread-safe.
 */
final class ResultOutput extends OutputStream {
  private final OutputStream target;
  private final BooleanSupplier isPipe;
  private @Nullable IOException failure;

  /**
   * Wraps a stream.
   *
   * @param target where results go
   * @param isPipe whether that is a pipe, which fails for no other reason than a reader who has
   *     gone; asked after a failure, whose message may be in the language of the system
   */
  ResultOutput(OutputStream target, BooleanSupplier isPipe) {
    this.target = target;
    this.isPipe = isPipe;
  }

  /** Standard output of this process. */
  static ResultOutput ofProcess() {
    return new ResultOutput(new FileOutputStream(FileDescriptor.out), ResultOutput::isPipe);
  }

  private static boolean isPipe() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString().startsWith("pipe:");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Results could not be written. */
  static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean readerGone;

    private Lost(IOException cause, boolean readerGone) {
      super(cause.getMessage(), cause);
      this.readerGone = readerGone;
    }

    /** Whether somebody has read enough, as {@code head} does, which is no error. */
    boolean isReaderGone() {
      return readerGone;
    }
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    attempt(() -> target.write(bytes, offset, length));
  }

  @Override
  public void flush() {
    attempt(target::flush);
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private void attempt(Attempt action) {
    if (failure == null) {
      try {
        action.run();
        return;
      } catch (IOException e) {
        failure = e;
      }
    }
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    throw new Lost(failure, message.contains("pipe") || isPipe.getAsBoolean());
  }
}
