package io.longcat4j.download;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A hash of a file's content.
 *
 * @param kind how it is computed
 * @param hex lower case digits
 */
public record ContentHash(Kind kind, String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]*");

  /** How a hash is computed. */
  public enum Kind {
    /** SHA-256 of the content. */
    SHA256("SHA-256", 64),

    /** SHA-1 of git's header and the content: what git calls a blob's name. */
    GIT_BLOB("SHA-1", 40);

    private final String algorithm;
    private final int digits;

    Kind(String algorithm, int digits) {
      this.algorithm = algorithm;
      this.digits = digits;
    }
  }

  /** Checks the components. */
  public ContentHash {
    hex = hex.toLowerCase(Locale.ROOT);
    if (hex.length() != kind.digits || !HEX.matcher(hex).matches()) {
      throw new DownloadException(
          "The repository lists a hash that is none ("
              + hex.length()
              + " characters); its listing"
              + " cannot be used");
    }
  }

  /** Ready for the content of a file of this many bytes. */
  MessageDigest begin(long bytes) {
    MessageDigest digest = digest(kind.algorithm);
    if (kind == Kind.GIT_BLOB) {
      digest.update(("blob " + bytes + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    return digest;
  }

  /** Whether that is the content; the digest begins anew. */
  boolean matches(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest()).equals(hex);
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new DownloadException(
          "This JDK has no " + algorithm + ", which every JDK must have; use another", e);
    }
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + ":" + hex;
  }
}
