package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.parallel.Communicator;

/**
 * A shortcut-connected mixture-of-experts layer (LongCat-Flash report, section 2.2): two attention
 * blocks and two dense networks in a row; the experts see the state after the first attention and
 * join again at the end, so that they can run beside the rest. Ranks sum their parts four times: in
 * the main stream alone, with the experts' and the second dense network's parts side by side.
 */
final class ScMoeLayer {
  private final int index;
  private final Norm[] inputNorms = new Norm[2];
  private final Norm[] postNorms = new Norm[2];
  private final LatentAttention[] attentions = new LatentAttention[2];
  private final FeedForward[] dense = new FeedForward[2];
  private final MixtureOfExperts experts;
  private final Communicator sums;

  ScMoeLayer(WeightLoader loader, int index, ModelConfig config, Rotary rotary, Communicator sums) {
    this.index = index;
    this.sums = sums;
    String prefix = "model.layers." + index;
    int hidden = config.hiddenSize();
    float epsilon = (float) config.rmsNormEps();
    for (int i = 0; i < 2; i++) {
      inputNorms[i] =
          new Norm(
              loader.vector(prefix + ".input_layernorm." + i + ".weight", hidden), epsilon, 1f);
      attentions[i] = new LatentAttention(loader, prefix + ".self_attn." + i, config, rotary, sums);
      postNorms[i] =
          new Norm(
              loader.vector(prefix + ".post_attention_layernorm." + i + ".weight", hidden),
              epsilon,
              1f);
      dense[i] = new FeedForward(loader, prefix + ".mlps." + i, hidden, config.ffnHiddenSize());
    }
    this.experts = new MixtureOfExperts(loader, prefix + ".mlp", config);
  }

  /**
   * Computes the layer; {@code side} may run the experts meanwhile. What it adds last is left in
   * {@link Activations#branch} and {@link Activations#shortcut}, for {@link #settle} or for the
   * norm that comes next.
   *
   * @param unsettled whether the layer before has left something
   */
  void forward(
      Stream main,
      Stream side,
      Tensor x,
      PassPlan plan,
      LatentCache cache,
      Activations a,
      boolean unsettled) {
    if (unsettled) {
      inputNorms[0].addAndApply(main, a.branch, a.shortcut, x, a.normed);
    } else {
      inputNorms[0].apply(main, x, a.normed);
    }
    attentions[0].forward(main, a.normed, plan, cache.block(2 * index), a, a.branch);

    postNorms[0].addAndApply(main, a.branch, null, x, a.expertInput);
    side.await(main);
    experts.forward(side, a.expertInput, a.routings[index], a.shortcut);
    dense[0].forward(main, a.expertInput, a.gated, a.branch);
    sums.sum(a.branch);

    inputNorms[1].addAndApply(main, a.branch, null, x, a.normed);
    attentions[1].forward(main, a.normed, plan, cache.block(2 * index + 1), a, a.branch);

    postNorms[1].addAndApply(main, a.branch, null, x, a.normed);
    dense[1].forward(main, a.normed, a.gated, a.branch);
    main.await(side);
    sums.sum(a.branchAndShortcut);
  }

  /** Adds what {@link #forward} has left, so that {@code x} is the layer's output. */
  static void settle(Stream main, Tensor x, Activations a) {
    main.add(a.branch, x);
    main.add(a.shortcut, x);
  }
}
