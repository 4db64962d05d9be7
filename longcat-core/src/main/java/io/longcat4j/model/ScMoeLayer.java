package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RowPlan;
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

  /** Replaces {@code x} by the layer's output; {@code side} may run the experts meanwhile. */
  void forward(Stream main, Stream side, Tensor x, RowPlan plan, LatentCache cache, Activations a) {
    attend(0, main, x, plan, cache, a);

    postNorms[0].apply(main, x, a.expertInput);
    side.await(main);
    experts.forward(side, a.expertInput, a.routings[index], a.shortcut);
    dense[0].forward(main, a.expertInput, a.gated, a.branch);
    sums.sum(a.branch);
    main.add(a.branch, x);

    attend(1, main, x, plan, cache, a);

    postNorms[1].apply(main, x, a.normed);
    dense[1].forward(main, a.normed, a.gated, a.branch);
    main.await(side);
    sums.sum(a.branchAndShortcut);
    main.add(a.branch, x);
    main.add(a.shortcut, x);
  }

  private void attend(
      int i, Stream main, Tensor x, RowPlan plan, LatentCache cache, Activations a) {
    inputNorms[i].apply(main, x, a.normed);
    Tensor block = cache.block(2 * index + i);
    attentions[i].forward(main, a.normed, plan, block, a, a.branch);
    main.add(a.branch, x);
  }
}
