package io.longcat4j.vision.picture;

import io.longcat4j.Pixels;
import io.longcat4j.media.Vp8Frame;
import io.longcat4j.natives.NativeWork;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.vision.picture.lossless.Vp8l;
import java.io.IOException;

/**
 * The first picture of a WebP file on the file's canvas, which may be larger. What the picture does
 * not cover is black: the reference takes it for transparent, whatever background the file names.
 */
final class WebpDecoder {
  private WebpDecoder() {}

  static Picture decode(byte[] content, String name, Cancellation wanted) throws IOException {
    WebpContainer container = WebpContainer.read(content);
    ImageDecoder.requireSaneSize(container.width(), container.height(), name);
    WebpBitstream picture = container.bitstream();
    ImageDecoder.requireSaneSize(picture.width(), picture.height(), name);
    int rowBytes = 3 * container.width();
    int origin = container.top() * rowBytes + 3 * container.left();
    byte[] rgb;
    if (picture.lossless()) {
      int[] pixels = Vp8l.decode(picture.content(), wanted);
      rgb = canvas(container);
      copy(pixels, picture.width(), rgb, origin, rowBytes, wanted);
    } else {
      Vp8Frame frame = lossy(picture, name, wanted);
      rgb = canvas(container);
      new WebpRgb(frame, rgb, origin, rowBytes).convert(wanted);
    }
    return new Picture(
        new Pixels(container.width(), container.height(), rgb), container.orientation());
  }

  /** Made after the picture was decoded, so that a few bytes that promise many take no memory. */
  private static byte[] canvas(WebpContainer container) {
    return new byte[Math.multiplyExact(3, container.width() * container.height())];
  }

  private static Vp8Frame lossy(WebpBitstream picture, String name, Cancellation wanted)
      throws IOException {
    Vp8Frame frame =
        NativeWork.run(() -> LossyPicture.decode(picture.content(), name), "vp8", wanted)
            .orElseThrow(FileBytes::cutOff);
    if (frame.width() != picture.width() || frame.height() != picture.height()) {
      throw new IOException("its lossy picture has another size than its header");
    }
    return frame;
  }

  private static void copy(
      int[] pixels, int width, byte[] rgb, int origin, int rowBytes, Cancellation wanted) {
    for (int i = 0, row = origin; i < pixels.length; row += rowBytes) {
      wanted.check();
      for (int x = 0, at = row; x < width; x++, i++, at += 3) {
        rgb[at] = (byte) (pixels[i] >> 16);
        rgb[at + 1] = (byte) (pixels[i] >> 8);
        rgb[at + 2] = (byte) pixels[i];
      }
    }
  }
}
