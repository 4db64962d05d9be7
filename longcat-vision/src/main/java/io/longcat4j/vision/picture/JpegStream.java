package io.longcat4j.vision.picture;

import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.io.InterruptedIOException;
import javax.imageio.stream.ImageInputStreamImpl;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in memory for a reader that cannot be asked to stop: it gets few at a time, and an error
 * once the picture is not wanted any more. Not thread-safe.
 */
final class JpegStream extends ImageInputStreamImpl {
  /** A few bytes may be a whole scan over all pixels. */
  private static final int MOST_BYTES = 256;

  private final byte[] content;
  private final Cancellation wanted;
  private @Nullable RuntimeException stop;

  JpegStream(byte[] content, Cancellation wanted) {
    this.content = content;
    this.wanted = wanted;
  }

  /** Whether the picture is wanted; once it was not, it stays so. */
  boolean isWanted() {
    if (stop == null) {
      try {
        wanted.check();
      } catch (RuntimeException e) {
        stop = e;
      }
    }
    return stop == null;
  }

  void requireWanted() {
    if (stop != null) {
      throw stop;
    }
  }

  @Override
  public int read() throws IOException {
    checkClosed();
    bitOffset = 0;
    return streamPos < content.length ? content[(int) streamPos++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    checkClosed();
    bitOffset = 0;
    if (!isWanted()) {
      throw new InterruptedIOException("the picture is not wanted any more");
    }
    int count = Math.min(Math.min(length, MOST_BYTES), content.length - (int) streamPos);
    if (count <= 0) {
      return length == 0 ? 0 : -1;
    }
    System.arraycopy(content, (int) streamPos, into, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return content.length;
  }
}
