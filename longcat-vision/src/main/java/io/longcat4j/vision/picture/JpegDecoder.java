package io.longcat4j.vision.picture;

import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;

/** JPEG to RGB. */
final class JpegDecoder {
  private JpegDecoder() {}

  static Picture decode(byte[] content, String name, Cancellation wanted) throws IOException {
    JpegFile file = JpegFile.read(content);
    ImageDecoder.requireSaneSize(file.frame().width(), file.frame().height(), name);
    Pixels pixels = JpegRgb.of(JpegReader.read(file, wanted), file.frame(), wanted);
    return new Picture(pixels, file.orientation());
  }
}
