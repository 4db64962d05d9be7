package io.longcat4j.parallel;

import java.util.HexFormat;
import java.util.Objects;

/**
 * What a rank tells of itself before anything is loaded. Immutable; the array is not to be changed.
 *
 * @param build the version of this library
 * @param fingerprint of the checkpoint and the options that must be the same on all ranks; at most
 *     {@value #MOST_FINGERPRINT_BYTES} bytes
 * @param bytesNeeded of memory by this rank, at least 0
 * @param bytesAvailable on its host, at least 0
 */
public record Introduction(
    String build, byte[] fingerprint, long bytesNeeded, long bytesAvailable) {
  /** The longest fingerprint. */
  public static final int MOST_FINGERPRINT_BYTES = 256;

  /** Checks the sizes. */
  public Introduction {
    if (fingerprint.length > MOST_FINGERPRINT_BYTES || bytesNeeded < 0 || bytesAvailable < 0) {
      throw new IllegalArgumentException(
          "an introduction has at most %d bytes of fingerprint and no negative sizes, not %d, %d, %d"
              .formatted(MOST_FINGERPRINT_BYTES, fingerprint.length, bytesNeeded, bytesAvailable));
    }
  }

  /**
   * Of a rank that runs this version.
   *
   * @param fingerprint as {@link #fingerprint}
   * @param bytesNeeded as {@link #bytesNeeded}
   * @param bytesAvailable as {@link #bytesAvailable}
   * @return the introduction
   */
  public static Introduction of(byte[] fingerprint, long bytesNeeded, long bytesAvailable) {
    String version =
        Objects.requireNonNullElse(
            Introduction.class.getPackage().getImplementationVersion(), "unpackaged");
    return new Introduction(version, fingerprint, bytesNeeded, bytesAvailable);
  }

  /** The fingerprint, short enough for a message. */
  String shortFingerprint() {
    String hex = HexFormat.of().formatHex(fingerprint);
    return hex.length() <= 16 ? hex : hex.substring(0, 16) + "...";
  }
}
