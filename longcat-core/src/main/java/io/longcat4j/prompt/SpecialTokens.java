package io.longcat4j.prompt;

import io.longcat4j.CheckpointException;
import io.longcat4j.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Ids that have a meaning of their own, looked up in the vocabulary. Immutable and thread-safe.
 *
 * <p>The end of a message and the padding are those that {@code tokenizer_config.json} names, else
 * {@code </longcat_s>} and {@code <longcat_pad>}.
 */
public final class SpecialTokens {
  private final String eosText;
  private final int eos;
  private final OptionalInt pad;
  private final Map<Marker, Integer> markers = new EnumMap<>(Marker.class);

  private SpecialTokens(Tokenizer tokenizer) {
    eosText = tokenizer.tokenOfRole("eos_token").orElse("</longcat_s>");
    eos = tokenizer.idOf(eosText).orElseThrow(() -> missing(eosText, "which ends a message"));
    pad = tokenizer.idOf(tokenizer.tokenOfRole("pad_token").orElse("<longcat_pad>"));
    for (Marker marker : Marker.values()) {
      tokenizer.idOf(marker.token()).ifPresent(id -> markers.put(marker, id));
    }
  }

  /**
   * Looks the ids up.
   *
   * @param tokenizer the checkpoint's
   * @return the ids
   * @throws CheckpointException if the vocabulary cannot end a message
   */
  public static SpecialTokens of(Tokenizer tokenizer) {
    return new SpecialTokens(tokenizer);
  }

  /**
   * Ends a message.
   *
   * @return its id
   */
  public int eos() {
    return eos;
  }

  /**
   * How the end of a message is written.
   *
   * @return such as {@code </longcat_s>}
   */
  public String eosText() {
    return eosText;
  }

  /**
   * Fills batches up.
   *
   * @return its id, or empty where the vocabulary has none
   */
  public OptionalInt pad() {
    return pad;
  }

  /**
   * Ends a stretch of text until the voice has caught up.
   *
   * @return the id of {@link Marker#PAUSE}
   * @throws CheckpointException if this is no vocabulary of an Omni checkpoint
   */
  public int pause() {
    return idOf(Marker.PAUSE);
  }

  /**
   * Where rows of sound go.
   *
   * @return the id of {@link Marker#AUDIO_PAD}
   * @throws CheckpointException if this is no vocabulary of an Omni checkpoint
   */
  public int audioPad() {
    return idOf(Marker.AUDIO_PAD);
  }

  /**
   * Where rows of pictures go.
   *
   * @return the id of {@link Marker#IMAGE_PAD}
   * @throws CheckpointException if this is no vocabulary of an Omni checkpoint
   */
  public int imagePad() {
    return idOf(Marker.IMAGE_PAD);
  }

  /**
   * The id of a marker.
   *
   * @param marker which
   * @return its id
   * @throws CheckpointException if this is no vocabulary of an Omni checkpoint
   */
  public int idOf(Marker marker) {
    Integer id = markers.get(marker);
    if (id == null) {
      throw missing(marker.token(), "which holds the marker " + marker.text());
    }
    return id;
  }

  /**
   * Every id that a text must not produce.
   *
   * @return a new array
   */
  public int[] controlIds() {
    IntStream fixed = IntStream.concat(IntStream.of(eos), pad.stream());
    return IntStream.concat(fixed, markers.values().stream().mapToInt(id -> id)).toArray();
  }

  /** Fails where a marker is missing. */
  void requireMarkers() {
    Arrays.stream(Marker.values()).forEach(this::idOf);
  }

  private static CheckpointException missing(String token, String purpose) {
    return new CheckpointException(
        "tokenizer.json: the vocabulary lacks "
            + token
            + ", "
            + purpose
            + "; use the tokenizer.json published with the checkpoint");
  }
}
