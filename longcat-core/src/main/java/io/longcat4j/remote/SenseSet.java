package io.longcat4j.remote;

import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.Vision;
import io.longcat4j.modality.Voice;
import java.util.List;
import java.util.Optional;

/**
 * The eyes, ears and voice of one rank.
 *
 * @param vision eyes, where checkpoint and class path have them
 * @param hearing ears, likewise
 * @param voice a voice, likewise
 * @param warnings what the user should know of their files
 */
public record SenseSet(
    Optional<Vision> vision,
    Optional<Hearing> hearing,
    Optional<Voice> voice,
    List<String> warnings) {
  /** Copies the list. */
  public SenseSet {
    warnings = List.copyOf(warnings);
  }
}
