package io.longcat4j;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;

/** Where the bytes of an encoded image, sound or video come from. */
public sealed interface MediaSource permits MediaSource.File, MediaSource.Bytes {

  /**
   * How messages name this source.
   *
   * @return a path, or the number of bytes
   */
  String describe();

  /**
   * A file; it is read when the prompt is processed.
   *
   * @param path the file
   */
  record File(Path path) implements MediaSource {
    /** Checks the component. */
    public File {
      Objects.requireNonNull(path, "path");
    }

    @Override
    public String describe() {
      return path.toString();
    }
  }

  /**
   * A file's content in memory.
   *
   * @param content the encoded bytes; copied on the way in and out
   */
  record Bytes(byte[] content) implements MediaSource {
    /** Copies the component. */
    public Bytes {
      content = content.clone();
    }

    @Override
    public byte[] content() {
      return content.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that && java.util.Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
      return java.util.Arrays.hashCode(content);
    }

    @Override
    public String describe() {
      return content.length + " bytes in memory";
    }
  }

  /**
   * A file.
   *
   * @param path the file
   * @return the source
   */
  static MediaSource of(Path path) {
    return new File(path);
  }

  /**
   * A file's content in memory.
   *
   * @param content the encoded bytes; copied
   * @return the source
   */
  static MediaSource of(byte[] content) {
    return new Bytes(content);
  }

  /**
   * A stream, read to its end at once; the caller closes it.
   *
   * @param stream the encoded bytes
   * @return the source
   * @throws MediaException if reading fails
   */
  static MediaSource of(InputStream stream) {
    try {
      return new Bytes(stream.readAllBytes());
    } catch (IOException e) {
      throw new MediaException("Cannot read the media stream: " + e.getMessage(), e);
    }
  }
}
