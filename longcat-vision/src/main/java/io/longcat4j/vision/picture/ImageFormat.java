package io.longcat4j.vision.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;
import java.util.regex.Pattern;

/** The picture formats that are read, told apart by their first bytes and never by a file name. */
enum ImageFormat {
  PNG("\\x89PNG\r\n\\x1a\n"),
  JPEG("\\xff\\xd8\\xff"),
  GIF("GIF8[79]a"),
  /** Two letters begin many a text; the size of the second header tells pictures from them. */
  BMP("BM.{12}.[\\x00\\x01]\\x00\\x00"),
  WEBP("RIFF.{4}WEBPVP8[ LX]");

  private static final int LONGEST = 18;

  private final Pattern signature;

  ImageFormat(String signature) {
    this.signature = Pattern.compile(signature, Pattern.DOTALL);
  }

  /** The format of a file's content, or empty for any other. */
  static Optional<ImageFormat> of(byte[] content) {
    String start = new String(content, 0, Math.min(LONGEST, content.length), ISO_8859_1);
    for (ImageFormat format : values()) {
      if (format.signature.matcher(start).lookingAt()) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
