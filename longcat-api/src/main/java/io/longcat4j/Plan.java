package io.longcat4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a checkpoint will need, told before it is loaded.
 *
 * @param weightBytes the language model's weights, memory-mapped: they should fit into memory
 *     beside everything else, or every token waits for the disk
 * @param encoderBytes weights of the encoders and the voice, held in memory in F32
 * @param contextLength upper bound of the positions of one request
 * @param cacheBytesPerPosition latent keys and values of one position in all layers
 * @param cachePositions positions of all requests together that the cache holds, as {@link
 *     Scheduling} asks
 * @param memoryBytes the memory of a host: this one's, and where there are others, theirs too
 * @param ranks what each rank holds, in their order; one where one rank holds everything
 * @param sharing how they share a layer
 * @param devices what the ranks of this host hold on GPUs, in their order; none where processors
 *     compute
 */
public record Plan(
    long weightBytes,
    long encoderBytes,
    int contextLength,
    long cacheBytesPerPosition,
    int cachePositions,
    long memoryBytes,
    List<RankPlan> ranks,
    RankSharing sharing,
    List<DevicePlan> devices) {

  /** Keeps a list of its own. */
  public Plan {
    ranks = List.copyOf(ranks);
    devices = List.copyOf(devices);
    if (ranks.isEmpty()) {
      throw new InvalidRequestException("a plan has no ranks; give at least one");
    }
  }

  /**
   * A plan for ranks that compute on processors.
   *
   * @param weightBytes as {@link #weightBytes()}
   * @param encoderBytes as {@link #encoderBytes()}
   * @param contextLength as {@link #contextLength()}
   * @param cacheBytesPerPosition as {@link #cacheBytesPerPosition()}
   * @param cachePositions as {@link #cachePositions()}
   * @param memoryBytes as {@link #memoryBytes()}
   * @param ranks as {@link #ranks()}
   * @param sharing as {@link #sharing()}
   */
  public Plan(
      long weightBytes,
      long encoderBytes,
      int contextLength,
      long cacheBytesPerPosition,
      int cachePositions,
      long memoryBytes,
      List<RankPlan> ranks,
      RankSharing sharing) {
    this(
        weightBytes,
        encoderBytes,
        contextLength,
        cacheBytesPerPosition,
        cachePositions,
        memoryBytes,
        ranks,
        sharing,
        List.of());
  }

  /**
   * The same with what GPUs hold.
   *
   * @param held as {@link #devices()}
   * @return a new plan
   */
  public Plan onDevices(List<DevicePlan> held) {
    return new Plan(
        weightBytes,
        encoderBytes,
        contextLength,
        cacheBytesPerPosition,
        cachePositions,
        memoryBytes,
        ranks,
        sharing,
        held);
  }

  /**
   * A plan for one rank.
   *
   * @param weightBytes as {@link #weightBytes()}
   * @param encoderBytes as {@link #encoderBytes()}
   * @param contextLength as {@link #contextLength()}
   * @param cacheBytesPerPosition as {@link #cacheBytesPerPosition()}
   * @param cachePositions as {@link #cachePositions()}
   * @param memoryBytes as {@link #memoryBytes()}
   */
  public Plan(
      long weightBytes,
      long encoderBytes,
      int contextLength,
      long cacheBytesPerPosition,
      int cachePositions,
      long memoryBytes) {
    this(
        weightBytes,
        encoderBytes,
        contextLength,
        cacheBytesPerPosition,
        cachePositions,
        memoryBytes,
        List.of(
            new RankPlan(
                0,
                0,
                weightBytes,
                0,
                0,
                0,
                0,
                Math.multiplyExact(cacheBytesPerPosition, (long) cachePositions),
                encoderBytes,
                weightBytes,
                0)),
        RankSharing.none());
  }

  /**
   * The full cache of all requests and of what is kept for later ones, as each rank has it.
   *
   * @return bytes
   */
  public long cacheBytes() {
    return Math.multiplyExact(cacheBytesPerPosition, (long) cachePositions);
  }

  /**
   * Everything on all hosts, with a full cache.
   *
   * @return bytes
   */
  public long totalBytes() {
    long bytes = 0;
    for (int host = 0; host < hosts(); host++) {
      bytes = Math.addExact(bytes, hostBytes(host));
    }
    return bytes;
  }

  /**
   * How many hosts the ranks are on.
   *
   * @return at least 1
   */
  public int hosts() {
    return 1 + ranks.stream().mapToInt(RankPlan::host).max().orElseThrow();
  }

  /**
   * Everything on one host, with a full cache: what its ranks hold for themselves, and what they
   * share once.
   *
   * @param host its index
   * @return bytes
   */
  public long hostBytes(int host) {
    long own = 0;
    long shared = 0;
    for (RankPlan rank : ranks) {
      if (rank.host() == host) {
        own = Math.addExact(own, rank.ownBytes());
        shared = Math.max(shared, rank.replicatedBytes());
      }
    }
    return Math.addExact(own, shared);
  }

  /**
   * Whether weights, encoders and the full cache fit into the memory of every host, or, where GPUs
   * compute, into that of every device: then the host only reads the weights once.
   *
   * @return false if they would be paged in and out, or not fit on a device
   */
  public boolean fits() {
    if (!devices.isEmpty()) {
      return devices.stream().allMatch(DevicePlan::fits);
    }
    for (int host = 0; host < hosts(); host++) {
      if (hostBytes(host) > memoryBytes) {
        return false;
      }
    }
    return true;
  }

  /**
   * The same ranks on several hosts like this one, in runs of neighbours.
   *
   * @param hosts 1 to as many as there are ranks
   * @return a new plan
   * @throws InvalidRequestException if they are too few or too many
   */
  public Plan onHosts(int hosts) {
    if (hosts < 1 || hosts > ranks.size()) {
      throw new InvalidRequestException(
          hosts + " hosts cannot share " + ranks.size() + " ranks; pass 1 to " + ranks.size());
    }
    return new Plan(
        weightBytes,
        encoderBytes,
        contextLength,
        cacheBytesPerPosition,
        cachePositions,
        memoryBytes,
        ranks.stream()
            .map(rank -> rank.onHost((int) ((long) rank.rank() * hosts / ranks.size())))
            .toList(),
        sharing,
        devices);
  }

  /**
   * The figures, and what to do where they do not fit.
   *
   * @return several lines for a person to read
   */
  public String describe() {
    List<String> lines = new ArrayList<>();
    lines.add(line("weights, mapped", weightBytes));
    lines.add(line("encoders and voice", encoderBytes));
    lines.add(line("cache of " + cachePositions + " positions", cacheBytes()));
    if (ranks.size() > 1) {
      ranks.forEach(rank -> lines.add(describe(rank)));
      for (int host = 0; host < hosts() && hosts() > 1; host++) {
        lines.add(line("host " + host + " in all", hostBytes(host)));
      }
    }
    lines.add(line("in all", totalBytes()));
    lines.add(
        line(
            hosts() > 1 ? "memory of a host like this one" : "memory of this machine",
            memoryBytes));
    if (ranks.size() > 1) {
      lines.addAll(sharing.describe());
    }
    devices.forEach(device -> lines.add(device.describe()));
    lines.add(verdict());
    return String.join(System.lineSeparator(), lines);
  }

  private static String describe(RankPlan rank) {
    return String.format(
        Locale.ROOT,
        "rank %-3d mapped %.3f GB, copied %.3f GB, whole on every rank %.3f GB (tables %.3f GB),"
            + " cache %.3f GB%s: %.3f GB",
        rank.rank(),
        rank.mappedBytes() / 1e9,
        rank.copiedBytes() / 1e9,
        rank.replicatedBytes() / 1e9,
        rank.tableBytes() / 1e9,
        rank.cacheBytes() / 1e9,
        rank.rank() == 0 || rank.encoderBytes() > 0
            ? String.format(
                Locale.ROOT,
                ", encoders and voice %.3f GB",
                (rank.encoderBytes() + rank.speechBytes()) / 1e9)
            : "",
        rank.totalBytes() / 1e9);
  }

  private String verdict() {
    if (fits()) {
      return "It fits.";
    }
    if (!devices.isEmpty()) {
      return "It does not fit on the GPUs: "
          + missingBytes()
          + " bytes are missing on the fullest. Use more ranks, weights in FP8 or INT4, a shorter"
          + " cache, or leave the experts to the processor (Gpus.withExpertsOnHost()).";
    }
    long positions = positionsThatFit();
    if (positions > 0) {
      return "It fits with a cache of "
          + positions
          + " positions: ask for cacheBytes("
          + positions * cacheBytesPerPosition
          + ") or less.";
    }
    return "It does not fit: weights will be read from disk for every token. Use a checkpoint in FP8"
        + " or a machine with more memory"
        + (hosts() < ranks.size() ? ", or more hosts." : ".");
  }

  private long missingBytes() {
    return devices.stream()
        .mapToLong(device -> device.totalBytes() - device.availableBytes())
        .max()
        .orElseThrow();
  }

  /** In the fullest host, where each rank has its own cache. */
  private long positionsThatFit() {
    long least = Long.MAX_VALUE;
    for (int host = 0; host < hosts(); host++) {
      int here = host;
      long count = ranks.stream().filter(rank -> rank.host() == here).count();
      long left = memoryBytes - (hostBytes(host) - count * cacheBytes());
      least = Math.min(least, left < 0 ? 0 : left / count / cacheBytesPerPosition);
    }
    return least;
  }

  private static String line(String what, long bytes) {
    return String.format(Locale.ROOT, "%-32s %12.3f GB", what, bytes / 1e9);
  }
}
