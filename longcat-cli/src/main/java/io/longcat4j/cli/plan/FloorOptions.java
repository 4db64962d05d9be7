package io.longcat4j.cli.plan;

import io.longcat4j.InvalidRequestException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** What ranks would run on. */
public final class FloorOptions {
  @Option(
      names = "--bandwidth",
      paramLabel = "GB/s",
      description =
          "Also tell how many tokens a second ranks can make at best that each read so much from"
              + " their memory.")
  private Optional<Double> bandwidth = Optional.empty();

  @Option(
      names = "--teraflops",
      paramLabel = "N",
      description =
          "What each rank computes in a second at best, in 10^12 multiplications and additions."
              + " Default: arithmetic is left out.")
  private Optional<Double> teraflops = Optional.empty();

  @Option(
      names = "--memory",
      paramLabel = "GB",
      description = "Memory of each rank; what does not fit has no figure. Default: any.")
  private Optional<Double> memory = Optional.empty();

  @Option(
      names = "--link-latency",
      paramLabel = "US",
      defaultValue = "7.5",
      description =
          "Microseconds of one collective. Default: ${DEFAULT-VALUE}, two processes of one machine,"
              + " measured.")
  private double latency;

  @Option(
      names = "--link-bandwidth",
      paramLabel = "GB/s",
      defaultValue = "3.4",
      description =
          "What a rank receives from all others together. Default: ${DEFAULT-VALUE}, two processes"
              + " of one machine, measured.")
  private double linkBandwidth;

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,4,16,64",
      description = "Requests that run together. Default: ${DEFAULT-VALUE}.")
  private List<Integer> batches = List.of();

  /**
   * Whether speed was asked for.
   *
   * @return false if memory alone was
   */
  public boolean isWanted() {
    return bandwidth.isPresent();
  }

  /**
   * What one rank runs on.
   *
   * @return the machine
   * @throws InvalidRequestException if a figure is not above zero
   */
  public RankMachine machine() {
    return new RankMachine(
        above("--bandwidth", bandwidth.orElseThrow()) * 1e9,
        teraflops
            .map(value -> OptionalDouble.of(above("--teraflops", value) * 1e12))
            .orElseGet(OptionalDouble::empty),
        memory
            .map(value -> OptionalLong.of(Math.round(above("--memory", value) * 1e9)))
            .orElseGet(OptionalLong::empty),
        Duration.ofNanos(Math.round(above("--link-latency", latency) * 1e3)),
        above("--link-bandwidth", linkBandwidth) * 1e9);
  }

  /**
   * Requests that run together.
   *
   * @return each at least 1
   * @throws InvalidRequestException if one is not
   */
  public List<Integer> batches() {
    batches.forEach(batch -> above("--batch", batch));
    return batches;
  }

  private static double above(String option, double value) {
    if (!(value > 0) || Double.isInfinite(value) || value > 1e9) {
      throw new InvalidRequestException(option + " is " + value + "; pass more than 0, up to 1e9");
    }
    return value;
  }
}
