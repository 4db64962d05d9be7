package io.longcat4j.vision;

import io.longcat4j.Image;
import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import io.longcat4j.Pixels;
import io.longcat4j.media.SourceCheck;
import java.io.IOException;
import java.util.Optional;

/**
 * Picture files to 8-bit RGB, value for value what the reference gets from Pillow's {@code
 * convert("RGB")}: transparency is dropped and not blended, colour profiles and the orientation tag
 * are ignored. Thread-safe; uses no temporary file and changes no global setting.
 */
final class ImageDecoder {
  /** Above that a picture is taken for a decompression bomb, as in the reference's reader. */
  static final long MAX_PIXELS = 178_956_970;

  private ImageDecoder() {}

  /**
   * Decodes a picture.
   *
   * @param image a file, bytes or pixels
   * @return its pixels
   * @throws MediaException if it is no readable picture or too large
   */
  static Pixels decode(Image image) {
    if (image.content() instanceof Image.Decoded decoded) {
      return decoded.pixels();
    }
    return decode(((Image.Encoded) image.content()).source());
  }

  private static Pixels decode(MediaSource source) {
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
    try {
      return decode(format, content, source.describe());
    } catch (IOException | RuntimeException e) {
      if (e instanceof MediaException known) {
        throw known;
      }
      throw new MediaException(
          source.describe()
              + " is a damaged "
              + format
              + " picture ("
              + e.getMessage()
              + "); pass a complete file, or save it again with another program",
          e);
    }
  }

  private static Pixels decode(ImageFormat format, byte[] content, String name) throws IOException {
    Optional<WebpContainer> lossy =
        format == ImageFormat.WEBP ? WebpContainer.firstLossy(content) : Optional.empty();
    if (lossy.isPresent()) {
      requireSaneSize(lossy.get().width(), lossy.get().height(), name);
      return WebpRgb.of(lossy.get(), name);
    }
    try (PictureReader reader = PictureReader.open(format, content)) {
      requireSaneSize(reader.width(), reader.height(), name);
      return switch (format) {
        case JPEG -> JpegRgb.of(reader.readRaster(), JpegHeader.of(content));
        case GIF -> GifCanvas.of(reader.readImage(), reader.gifPlacement(), name);
        case PNG, BMP, WEBP -> RasterRgb.of(reader.readImage());
      };
    }
  }

  static void requireSaneSize(int width, int height, String name) {
    if (width < 1 || height < 1 || (long) width * height > MAX_PIXELS) {
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
