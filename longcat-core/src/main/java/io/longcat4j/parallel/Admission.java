package io.longcat4j.parallel;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who may join rank 0: what must be the same on all ranks, and whether memory suffices. */
final class Admission {
  private final Hello own;

  Admission(Hello own) {
    this.own = own;
  }

  /** Why a rank cannot join, if it cannot. */
  @Nullable Failed misfit(Hello other) {
    Introduction ours = own.introduction();
    Introduction theirs = other.introduction();
    if (other.size() != own.size()) {
      return refusal(
          other,
          "was started as one of %d ranks, rank 0 as one of %d; give all the same size"
              .formatted(other.size(), own.size()));
    }
    if (!other.transport().equals(own.transport())) {
      return refusal(
          other,
          "moves partials by %s, rank 0 by %s; give all the same option"
              .formatted(other.transport(), own.transport()));
    }
    if (!theirs.build().equals(ours.build())) {
      return refusal(
          other,
          "runs version %s of the library, rank 0 version %s; run the same on all"
              .formatted(theirs.build(), ours.build()));
    }
    if (!Arrays.equals(theirs.fingerprint(), ours.fingerprint())) {
      return refusal(
          other,
          "sees another checkpoint or other options (%s) than rank 0 (%s); give all the same files"
              .formatted(theirs.shortFingerprint(), ours.shortFingerprint()));
    }
    if (other.patienceMillis() != own.patienceMillis()) {
      return refusal(
          other,
          "waits %d ms for others, rank 0 %d ms; give all the same patience"
              .formatted(other.patienceMillis(), own.patienceMillis()));
    }
    return null;
  }

  private static Failed refusal(Hello other, String reason) {
    return new Failed(
        Math.max(0, other.rank()),
        other.host(),
        "rank " + other.rank() + " on " + other.host() + " " + reason);
  }

  /** Which host cannot hold its ranks, if one cannot. */
  static @Nullable Failed memory(List<Hello> all) {
    Map<String, Long> needed = new TreeMap<>();
    for (Hello hello : all) {
      needed.merge(hello.host(), hello.introduction().bytesNeeded(), Admission::sum);
    }
    Hello largest = null;
    for (Hello hello : all) {
      Introduction words = hello.introduction();
      boolean isShort = needed.getOrDefault(hello.host(), 0L) > words.bytesAvailable();
      boolean isLarger =
          largest == null || words.bytesNeeded() > largest.introduction().bytesNeeded();
      largest = isShort && isLarger ? hello : largest;
    }
    return largest == null
        ? null
        : refusal(
            largest,
            "has too little memory: the ranks of its host need %d bytes, %d are available; use more"
                    .formatted(
                        needed.getOrDefault(largest.host(), 0L),
                        largest.introduction().bytesAvailable())
                + " hosts, a smaller context or smaller weights");
  }

  private static long sum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }
}
