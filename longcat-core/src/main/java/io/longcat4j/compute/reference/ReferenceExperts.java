package io.longcat4j.compute.reference;

import io.longcat4j.compute.ExpertGroup;
import java.util.List;

/** Experts, checked to be of one shape. */
record ReferenceExperts(List<Network> networks, int slices, Lifetime backend)
    implements ExpertGroup {
  record Network(ReferenceWeight gate, ReferenceWeight up, ReferenceWeight down) {}

  @Override
  public int size() {
    return networks.size();
  }
}
