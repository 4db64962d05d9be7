package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import org.jspecify.annotations.Nullable;

/**
 * Routed experts, some of which compute nothing (LongCat-Flash report, section 2.1): ids from
 * {@code n_routed_experts} on are zero experts, which pass the token through, scaled by their
 * weight.
 */
final class MixtureOfExperts {
  private final Weight classifier;
  private final @Nullable Weight classifierBias;
  private final Weight correction;
  private final RouterRule rule;
  private final ExpertGroup experts;
  private final int firstExpert;
  private final int firstZeroExpert;

  MixtureOfExperts(WeightLoader loader, String prefix, ModelConfig config) {
    int realExperts = config.nRoutedExperts();
    this.firstZeroExpert = loader.share().rank() == 0 ? realExperts : Stream.NO_ZERO_EXPERTS;
    int hidden = config.hiddenSize();
    int choices = realExperts + config.zeroExpertNum();
    String router = prefix + ".router";
    this.classifier = loader.matrix(router + ".classifier.weight", choices, hidden);
    this.classifierBias =
        config.routerBias() ? loader.vector(router + ".classifier.bias", choices) : null;
    this.correction = loader.vector(router + ".e_score_correction_bias", choices);
    this.rule =
        new RouterRule(
            config.moeTopk(), (float) config.routedScalingFactor(), config.normTopkProb());
    ExpertLoader experts = new ExpertLoader(loader, prefix + ".experts.", config);
    this.firstExpert = experts.first();
    this.experts = experts.load();
  }

  /**
   * {@code into = experts(x)}, this rank's part of the sum; the picks stay in {@code routing}. Zero
   * experts are the first rank's alone.
   */
  void forward(Stream stream, Tensor x, Routing routing, Tensor into) {
    // Last, because it may take its time beside what another stream does.
    stream.routeAndMix(
        x,
        classifier,
        classifierBias,
        correction,
        rule,
        routing,
        experts,
        firstExpert,
        firstZeroExpert,
        into);
  }
}
