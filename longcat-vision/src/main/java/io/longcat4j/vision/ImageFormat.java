package io.longcat4j.vision;

import java.util.Optional;

/** The picture formats that are read, told apart by their first bytes and never by a file name. */
enum ImageFormat {
  PNG("89504e470d0a1a0a"),
  JPEG("ffd8ff"),
  GIF("47494638"),
  BMP("424d"),
  WEBP("52494646........57454250");

  private final String signature;

  ImageFormat(String signature) {
    this.signature = signature;
  }

  /** The format of a file's content, or empty for any other. */
  static Optional<ImageFormat> of(byte[] content) {
    for (ImageFormat format : values()) {
      if (format.matches(content)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  private boolean matches(byte[] content) {
    if (content.length < signature.length() / 2) {
      return false;
    }
    for (int i = 0; i < signature.length(); i += 2) {
      String expected = signature.substring(i, i + 2);
      if (!expected.equals("..") && Integer.parseInt(expected, 16) != (content[i / 2] & 0xff)) {
        return false;
      }
    }
    return true;
  }
}
