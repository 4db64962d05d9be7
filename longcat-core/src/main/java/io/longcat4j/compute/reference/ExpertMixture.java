package io.longcat4j.compute.reference;

import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.ExpertRules;
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
    if (experts.size() == 0) {
      return;
    }
    int runs = experts.slices();
    int slices = experts.networks().get(0).down().slices();
    float[][][] sums = begin(Math.max(runs, slices), into);
    int length = experts.size() / runs;
    for (int i = 0; i < experts.size(); i++) {
      List<Pick> picks = picks(routing, firstId + i);
      if (!picks.isEmpty()) {
        ReferenceExperts.Network network = experts.networks().get(i);
        ExpertRules.expertInput(network.gate(), x);
        add(network, picks, x, sums, i / length);
      }
    }
    end(sums, into);
  }

  /** A sum for each slice, of which the first begins with what is there. */
  private static float[][][] begin(int slices, ReferenceTensor into) {
    float[][][] sums = new float[slices][into.rows()][into.columns()];
    for (int row = 0; row < into.rows(); row++) {
      for (int column = 0; column < into.columns(); column++) {
        sums[0][row][column] = into.get(row, column);
      }
    }
    return sums;
  }

  private static void end(float[][][] sums, ReferenceTensor into) {
    float[] each = new float[sums.length];
    for (int row = 0; row < into.rows(); row++) {
      for (int column = 0; column < into.columns(); column++) {
        for (int s = 0; s < sums.length; s++) {
          each[s] = sums[s][row][column];
        }
        into.set(row, column, SumTree.join(each));
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
      ReferenceExperts.Network network,
      List<Pick> picks,
      ReferenceTensor x,
      float[][][] sums,
      int run) {
    double[][] inner = new double[picks.size()][network.gate().rows()];
    for (int output = 0; output < network.gate().rows(); output++) {
      float[] gate = network.gate().row(output);
      float[] up = network.up().row(output);
      for (int i = 0; i < inner.length; i++) {
        int row = picks.get(i).row();
        inner[i][output] = Products.silu(Products.dot(gate, x, row)) * Products.dot(up, x, row);
      }
    }
    int slices = network.down().slices();
    int width = network.down().columns() / slices;
    for (int output = 0; output < network.down().rows(); output++) {
      float[] down = network.down().row(output);
      for (int i = 0; i < inner.length; i++) {
        Pick pick = picks.get(i);
        for (int s = 0; s < slices; s++) {
          double product = Products.dot(down, inner[i], s * width, (s + 1) * width);
          sums[run + s][pick.row()][output] += (float) (pick.weight() * product);
        }
      }
    }
  }
}
