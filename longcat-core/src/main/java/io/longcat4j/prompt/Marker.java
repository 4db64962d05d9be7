package io.longcat4j.prompt;

/**
 * Control strings of the Omni chat text. The vocabulary has no tokens of these names: each lives on
 * a reserved entry {@code <mask_k>}, put in its place before encoding and taken back after
 * decoding.
 */
public enum Marker {
  /** Opens a sound. */
  AUDIO_START(110, "<|audio|>"),
  /** Closes a sound. */
  AUDIO_END(111, "<|/audio|>"),
  /** Holds the place of 80 ms of sound. */
  AUDIO_PAD(112, "<|audio_pad|>"),
  /** Written by the model where its voice has to catch up with its text. */
  PAUSE(113, "</pause>"),
  /** Opens a system message in another format than this library writes. */
  BEGIN_OF_SYSTEM(114, "<begin-of-system>"),
  /** Opens a user message in another format than this library writes. */
  BEGIN_OF_USER(115, "<begin-of-user>"),
  /** Opens an assistant message in another format than this library writes. */
  BEGIN_OF_ASSISTANT(116, "<begin-of-assistant>"),
  /** Opens a spoken assistant message in another format than this library writes. */
  BEGIN_OF_VOICE_ASSISTANT(117, "<begin-of-voice-assistant>"),
  /** Holds the place of one patch of a picture. */
  IMAGE_PAD(118, "<|image_pad|>"),
  /** Stands for a whole picture while chat text is put together; never in a finished one. */
  IMAGE(119, "<image>");

  private final String text;
  private final String token;

  Marker(int mask, String text) {
    this.text = text;
    this.token = "<mask_" + mask + ">";
  }

  /**
   * How the marker is written in chat text.
   *
   * @return such as {@code </pause>}
   */
  public String text() {
    return text;
  }

  /**
   * The vocabulary entry it lives on.
   *
   * @return such as {@code <mask_113>}
   */
  public String token() {
    return token;
  }

  /**
   * Puts reserved entries in the place of markers.
   *
   * @param chatText with markers
   * @return text for the tokenizer
   */
  public static String toTokens(String chatText) {
    String result = chatText;
    for (Marker marker : values()) {
      result = result.replace(marker.text, marker.token);
    }
    return result;
  }

  /**
   * Puts markers in the place of reserved entries.
   *
   * @param decoded text from the tokenizer
   * @return text with markers
   */
  public static String fromTokens(String decoded) {
    String result = decoded;
    for (Marker marker : values()) {
      result = result.replace(marker.token, marker.text);
    }
    return result;
  }
}
