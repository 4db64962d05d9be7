package io.longcat4j.model;

import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;

/**
 * The dense SwiGLU network: {@code down(silu(gate x) * up x)}. A rank has a run of its width, so
 * that what it computes is a part of the sum over all ranks.
 */
final class FeedForward {
  private final Weight gate;
  private final Weight up;
  private final Weight down;

  FeedForward(WeightLoader loader, String prefix, int hidden, int width) {
    this.gate = loader.rows(prefix + ".gate_proj.weight", width, hidden);
    this.up = loader.rows(prefix + ".up_proj.weight", width, hidden);
    this.down = loader.columns(prefix + ".down_proj.weight", hidden, width);
  }

  /** This rank's part of the sum. */
  void forward(Stream stream, Tensor x, Tensor gated, Tensor into) {
    stream.gatedLinear(gate, up, x, gated);
    stream.linear(down, null, gated, into);
  }
}
