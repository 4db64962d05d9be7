package io.longcat4j.compute.reference;

import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.ShapeRules;
import java.util.ArrayList;
import java.util.List;

/** Experts in order of their ids, each over the rows that picked it. */
final class ExpertMixture {
  private record Pick(int row, float weight) {}

  private final ReferenceExperts experts;

  ExpertMixture(ExpertGroup experts, Lifetime backend) {
    if (!(experts instanceof ReferenceExperts known) || known.backend() != backend) {
      throw new IllegalArgumentException("the experts were grouped by another backend");
    }
    this.experts = known;
  }

  void add(ReferenceRouting routing, int firstId, ReferenceTensor x, ReferenceTensor into) {
    for (int i = 0; i < experts.size(); i++) {
      List<Pick> picks = picks(routing, firstId + i);
      if (!picks.isEmpty()) {
        ReferenceExperts.Network network = experts.networks().get(i);
        ShapeRules.expertInput(network.gate(), x);
        add(network, picks, x, into);
      }
    }
  }

  private static List<Pick> picks(ReferenceRouting routing, int id) {
    List<Pick> picks = new ArrayList<>();
    for (int row = 0; row < routing.rows(); row++) {
      for (int pick = 0; pick < routing.topK(); pick++) {
        if (routing.id(row, pick) == id) {
          picks.add(new Pick(row, routing.weight(row, pick)));
        }
      }
    }
    return picks;
  }

  private static void add(
      ReferenceExperts.Network network, List<Pick> picks, ReferenceTensor x, ReferenceTensor into) {
    double[][] inner = new double[picks.size()][network.gate().rows()];
    for (int output = 0; output < network.gate().rows(); output++) {
      float[] gate = network.gate().row(output);
      float[] up = network.up().row(output);
      for (int i = 0; i < inner.length; i++) {
        int row = picks.get(i).row();
        inner[i][output] = Products.silu(Products.dot(gate, x, row)) * Products.dot(up, x, row);
      }
    }
    for (int output = 0; output < network.down().rows(); output++) {
      float[] down = network.down().row(output);
      for (int i = 0; i < inner.length; i++) {
        Pick pick = picks.get(i);
        into.add(pick.row(), output, (float) (pick.weight() * Products.dot(down, inner[i])));
      }
    }
  }
}
