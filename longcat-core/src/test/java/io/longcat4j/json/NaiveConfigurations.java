package io.longcat4j.json;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A network as it is meant: a set of states, each with one stack of where to go on. */
record NaiveConfigurations(Network network, Set<Position> positions) {
  record Frame(int goOn, @Nullable Frame below) {}

  record Position(int state, @Nullable Frame stack) {}

  static NaiveConfigurations start(Network network) {
    return new NaiveConfigurations(
        network, closed(network, Set.of(new Position(network.start(), null))));
  }

  NaiveConfigurations next(int b) {
    Set<Position> reached = new HashSet<>();
    ArcTable ranges = network.ranges();
    for (Position at : positions) {
      for (int arc = ranges.from(at.state()); arc < ranges.to(at.state()); arc += 3) {
        if (b >= ranges.get(arc) && b <= ranges.get(arc + 1)) {
          reached.add(new Position(ranges.get(arc + 2), at.stack()));
        }
      }
    }
    return new NaiveConfigurations(network, closed(network, reached));
  }

  boolean isDead() {
    return positions.isEmpty();
  }

  boolean isComplete() {
    return positions.stream().anyMatch(at -> network.ends()[at.state()] && at.stack() == null);
  }

  private static Set<Position> closed(Network network, Set<Position> reached) {
    Set<Position> all = new HashSet<>();
    Deque<Position> open = new ArrayDeque<>(reached);
    ArcTable skips = network.skips();
    ArcTable calls = network.calls();
    while (!open.isEmpty()) {
      Position at = open.pop();
      if (!all.add(at)) {
        continue;
      }
      for (int arc = skips.from(at.state()); arc < skips.to(at.state()); arc++) {
        open.push(new Position(skips.get(arc), at.stack()));
      }
      for (int arc = calls.from(at.state()); arc < calls.to(at.state()); arc += 2) {
        open.push(new Position(calls.get(arc), new Frame(calls.get(arc + 1), at.stack())));
      }
      Frame top = at.stack();
      if (network.ends()[at.state()] && top != null) {
        open.push(new Position(top.goOn(), top.below()));
      }
    }
    return all;
  }
}
