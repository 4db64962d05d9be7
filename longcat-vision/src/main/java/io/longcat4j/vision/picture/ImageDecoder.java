package io.longcat4j.vision.picture;

import io.longcat4j.Image;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.media.SourceCheck;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.util.Locale;

/**
 * Picture files to 8-bit RGB, value for value what the reference gets from Pillow's {@code
 * convert("RGB")}: transparency is dropped and not blended, colour profiles are ignored, and so is
 * the orientation unless {@link Image#upright()} asks for it. One difference is meant: grey of 16
 * bits is scaled, where Pillow clips it to nearly white. Thread-safe; uses no temporary file and
 * changes no global setting.
 */
public final class ImageDecoder {
  /** Above that a picture is taken for a decompression bomb, as in the reference's reader. */
  static final long MAX_PIXELS = 178_956_970;

  private ImageDecoder() {}

  /**
   * Decodes a picture.
   *
   * @param image a file, bytes or pixels
   * @param wanted asked in between, at least ten times a second
   * @return its pixels, and how they are still to be turned
   * @throws MediaException if it is no readable picture, too large, or too large for the heap
   */
  public static Picture decode(Image image, Cancellation wanted) {
    if (image.content() instanceof Image.Decoded decoded) {
      return new Picture(decoded.pixels(), Orientation.UPRIGHT);
    }
    MediaSource source = ((Image.Encoded) image.content()).source();
    try {
      Picture stored = decode(source, wanted);
      return image.isUpright()
          ? new Picture(stored.orientation().apply(stored.pixels(), wanted), Orientation.UPRIGHT)
          : stored;
    } catch (OutOfMemoryError e) {
      throw tooLargeForHeap(source.describe(), e);
    }
  }

  /**
   * What to say where a picture takes more memory than there is.
   *
   * @param name of the picture
   * @param cause what the JVM said
   * @return the exception to throw
   */
  public static MediaException tooLargeForHeap(String name, OutOfMemoryError cause) {
    return new MediaException(
        String.format(
            Locale.ROOT,
            "%s takes more memory than the Java heap of %d MB has left (%s); give it more with"
                + " -Xmx, or scale the picture down",
            name,
            Runtime.getRuntime().maxMemory() >> 20,
            cause.getMessage()),
        cause);
  }

  private static Picture decode(MediaSource source, Cancellation wanted) {
    SourceCheck.requireContent(source);
    byte[] content = SourceCheck.bytes(source);
    ImageFormat format =
        ImageFormat.of(content)
            .orElseThrow(
                () ->
                    new MediaException(
                        source.describe()
                            + " is no picture this library reads; pass PNG, JPEG, BMP, GIF or"
                            + " WebP"));
    String name = source.describe();
    try {
      return switch (format) {
        case PNG -> PngDecoder.decode(content, name, wanted);
        case JPEG -> JpegDecoder.decode(content, name, wanted);
        case GIF -> GifDecoder.decode(content, name, wanted);
        case BMP -> BmpDecoder.decode(content, name, wanted);
        case WEBP -> WebpDecoder.decode(content, name, wanted);
      };
    } catch (IOException | RuntimeException e) {
      if (e instanceof LongCatException known) {
        throw known;
      }
      throw new MediaException(
          name
              + " is a damaged "
              + format
              + " picture ("
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
              + "); pass a complete file, or save it again with another program",
          e);
    }
  }

  static void requireSaneSize(long width, long height, String name) {
    if (width < 1 || height < 1 || width > MAX_PIXELS || width * height > MAX_PIXELS) {
      throw new MediaException(
          name
              + " has "
              + width
              + " x "
              + height
              + " pixels, but 1 to "
              + MAX_PIXELS
              + " in all are read; scale it down");
    }
  }
}
