package io.longcat4j;

import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * A picture: PNG, JPEG, BMP, GIF (its first frame) or WebP, or decoded pixels. Transparency is
 * dropped. Needs {@code longcat-vision} on the class path.
 *
 * <p>A phone stores what it sees as its sensor lies, and notes how to turn it. The published code
 * ignores the note, and so does this by default: the reply then warns once for each such picture.
 * {@link #upright()} turns it.
 *
 * @param content where the picture is
 * @param isUpright whether the picture is turned as its file notes
 */
public record Image(Content content, boolean isUpright) implements Part {

  /**
   * A picture as it is stored.
   *
   * @param content where the picture is
   */
  public Image(Content content) {
    this(content, /* isUpright= */ false);
  }

  /** Either an encoded file or pixels. */
  public sealed interface Content permits Encoded, Decoded {}

  /**
   * An encoded picture.
   *
   * @param source where its bytes are
   */
  public record Encoded(MediaSource source) implements Content {}

  /**
   * A picture that the application has drawn or decoded; transparency is left out.
   *
   * @param picture copied
   * @return the part
   * @throws InvalidRequestException if it has more than 715 million pixels
   */
  public static Image of(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    if (3L * width * height > Integer.MAX_VALUE - 8) {
      throw new InvalidRequestException(
          "A picture of " + width + " x " + height + " pixels is too large; pass a smaller one");
    }
    byte[] rgb = new byte[3 * width * height];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < height; y++) {
      picture.getRGB(0, y, width, 1, row, 0, width);
      for (int pixel : row) {
        rgb[at++] = (byte) (pixel >> 16);
        rgb[at++] = (byte) (pixel >> 8);
        rgb[at++] = (byte) pixel;
      }
    }
    return of(new Pixels(width, height, rgb));
  }

  /**
   * A decoded picture.
   *
   * @param pixels 8-bit RGB
   */
  public record Decoded(Pixels pixels) implements Content {}

  /**
   * A picture file, read when the prompt is processed.
   *
   * @param file PNG, JPEG, BMP, GIF or WebP
   * @return the part
   */
  public static Image of(Path file) {
    return new Image(new Encoded(MediaSource.of(file)));
  }

  /**
   * An encoded picture in memory.
   *
   * @param file content of a PNG, JPEG, BMP, GIF or WebP file
   * @return the part
   */
  public static Image of(byte[] file) {
    return new Image(new Encoded(MediaSource.of(file)));
  }

  /**
   * An encoded picture from a stream, read to its end at once; the caller closes it.
   *
   * @param stream content of a PNG, JPEG, BMP, GIF or WebP file
   * @return the part
   */
  public static Image of(InputStream stream) {
    return new Image(new Encoded(MediaSource.of(stream)));
  }

  /**
   * A decoded picture.
   *
   * @param pixels 8-bit RGB
   * @return the part
   */
  public static Image of(Pixels pixels) {
    return new Image(new Decoded(pixels));
  }

  /**
   * The same picture, turned and mirrored as the orientation in its file tells: of JPEG, PNG and
   * WebP files with an Exif block. Without one, and for pixels, nothing changes.
   *
   * @return a new part
   */
  public Image upright() {
    return new Image(content, /* isUpright= */ true);
  }
}
