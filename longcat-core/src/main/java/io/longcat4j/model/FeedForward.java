package io.longcat4j.model;

import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.parallel.Ranks;

/** The dense SwiGLU network: {@code down(silu(gate x) * up x)}. */
final class FeedForward {
  private final Weight gate;
  private final Weight up;
  private final Weight down;
  private final Ranks ranks;

  FeedForward(WeightLoader loader, String prefix, int hidden, int width, Ranks ranks) {
    this.gate = loader.matrix(prefix + ".gate_proj.weight", width, hidden);
    this.up = loader.matrix(prefix + ".up_proj.weight", width, hidden);
    this.down = loader.matrix(prefix + ".down_proj.weight", hidden, width);
    this.ranks = ranks;
  }

  void forward(Stream stream, Tensor x, Tensor gated, Tensor into) {
    stream.gatedLinear(gate, up, x, gated);
    stream.linear(down, null, gated, into);
    ranks.sum(stream, into);
  }
}
