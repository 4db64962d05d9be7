package io.longcat4j.server.wire;

import java.util.Base64;

/** Media inside a request. Nothing is fetched from anywhere. */
public final class DataUrl {
  private static final String SCHEME = "data:";
  private static final String BASE64 = ";base64";

  private DataUrl() {}

  /**
   * Reads a {@code data:} URL.
   *
   * @param url as it was sent
   * @param path where it stood
   * @return the content
   * @throws ApiException if it is of another scheme or not in Base64
   */
  public static byte[] decode(String url, String path) {
    int comma = url.indexOf(',');
    if (!url.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw ApiException.unsupported(
          path,
          path
              + " is no data: URL; this server fetches nothing from elsewhere, so send the file"
              + " itself as 'data:image/png;base64,...'");
    }
    if (comma < 0 || !url.substring(0, comma).endsWith(BASE64)) {
      throw ApiException.invalid(path, path + " must be a data: URL in Base64");
    }
    return base64(url.substring(comma + 1), path);
  }

  /**
   * Reads Base64.
   *
   * @param text as it was sent
   * @param path where it stood
   * @return the content, at least one byte
   * @throws ApiException if it is not Base64, or nothing
   */
  public static byte[] base64(String text, String path) {
    byte[] content;
    try {
      content = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid(path, path + " is not valid Base64: " + e.getMessage());
    }
    if (content.length == 0) {
      throw ApiException.invalid(path, path + " is empty");
    }
    return content;
  }
}
