package io.longcat4j;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How the ranks of a plan share a layer, and what that costs.
 *
 * @param experts {@link Experts#WHOLE} or {@link Experts#SLICED}
 * @param why how the ranks and the sharing of experts came about, in sentences
 * @param collectives sums and gathers over all ranks for one pass, whatever its rows; 0 for one
 *     rank
 * @param collectiveBytes what one rank brings to them for one row
 * @param gatheredBytes what the last rank brings to the logits of one row
 * @param passes what the fullest rank reads for passes of several sizes
 * @param notes what is done about shapes that do not fit the cuts evenly
 */
public record RankSharing(
    Experts experts,
    String why,
    int collectives,
    long collectiveBytes,
    long gatheredBytes,
    List<PassBytes> passes,
    List<String> notes) {

  /**
   * What the fullest rank reads in one pass, expected for picks that fall evenly on all experts.
   *
   * @param rows tokens in the pass
   * @param fullest experts that the fullest rank reads over the mean of all ranks, if experts are
   *     whole
   * @param whole bytes, if experts are whole
   * @param sliced bytes, if experts are sliced
   */
  public record PassBytes(int rows, double fullest, long whole, long sliced) {
    private static final double CLOSE = 1.05;

    /**
     * Which sharing reads clearly fewer bytes.
     *
     * @return {@link Experts#WHOLE} within 5 %, since one rank and many then give the same ids
     */
    public Experts better() {
      return whole <= CLOSE * sliced ? Experts.WHOLE : Experts.SLICED;
    }

    private String describe() {
      return String.format(
          Locale.ROOT,
          "passes of %d: with whole experts the fullest rank reads %.2f times the mean of experts,"
              + " %.3f GB in all, with sliced ones %.3f GB: %s",
          rows,
          fullest,
          whole / 1e9,
          sliced / 1e9,
          better() == Experts.SLICED
              ? "sliced ones are better"
              : "whole ones are as good, and keep the ids of one rank");
    }
  }

  /** Keeps lists of its own. */
  public RankSharing {
    passes = List.copyOf(passes);
    notes = List.copyOf(notes);
  }

  /**
   * The sharing of a model that one rank holds.
   *
   * @return nothing shared
   */
  public static RankSharing none() {
    return new RankSharing(Experts.WHOLE, "", 0, 0, 0, List.of(), List.of());
  }

  /**
   * How long all collectives of a pass take, if every one begins when the last has ended: each rank
   * sends its part to all others.
   *
   * @param ranks how many there are
   * @param rows of the pass
   * @param latency of one collective
   * @param bytesPerSecond that a rank receives from all others together
   * @return zero for one rank
   */
  public Duration expectedTime(int ranks, int rows, Duration latency, double bytesPerSecond) {
    if (ranks == 1) {
      return Duration.ZERO;
    }
    double bytes = (double) (ranks - 1) * rows * (collectiveBytes + gatheredBytes);
    double seconds = (collectives + 1) * latency.toNanos() * 1e-9 + bytes / bytesPerSecond;
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  /** Lines for a person. */
  List<String> describe() {
    List<String> lines = new ArrayList<>();
    lines.add(why);
    lines.add(
        String.format(
            Locale.ROOT,
            "%d sums and gathers over ranks a pass, %.1f KB of each rank a token, and one of logits, %.1f"
                + " KB",
            collectives,
            collectiveBytes / 1e3,
            gatheredBytes / 1e3));
    passes.forEach(pass -> lines.add(pass.describe()));
    notes.forEach(note -> lines.add("note: " + note));
    return lines;
  }
}
