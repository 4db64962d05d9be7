package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.Expert;
import io.longcat4j.compute.ExpertGroup;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.parallel.Ranks;
import java.util.ArrayList;
import java.util.List;
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
  private final int realExperts;
  private final Ranks ranks;

  MixtureOfExperts(WeightLoader loader, String prefix, ModelConfig config, Ranks ranks) {
    this.ranks = ranks;
    this.realExperts = config.nRoutedExperts();
    int hidden = config.hiddenSize();
    int width = config.expertFfnHiddenSize();
    int choices = realExperts + config.zeroExpertNum();
    String router = prefix + ".router";
    this.classifier = loader.matrix(router + ".classifier.weight", choices, hidden);
    this.classifierBias =
        config.routerBias() ? loader.vector(router + ".classifier.bias", choices) : null;
    this.correction = loader.vector(router + ".e_score_correction_bias", choices);
    this.rule =
        new RouterRule(
            config.moeTopk(), (float) config.routedScalingFactor(), config.normTopkProb());
    List<Expert> loaded = new ArrayList<>(realExperts);
    for (int e = 0; e < realExperts; e++) {
      String expert = prefix + ".experts." + e;
      loaded.add(
          new Expert(
              loader.matrix(expert + ".gate_proj.weight", width, hidden),
              loader.matrix(expert + ".up_proj.weight", width, hidden),
              loader.matrix(expert + ".down_proj.weight", hidden, width)));
    }
    this.experts = loader.backend().experts(loaded);
  }

  /** {@code into = experts(x)}; the picks stay in {@code routing}. */
  void forward(Stream stream, Tensor x, Routing routing, Tensor into) {
    stream.route(x, classifier, classifierBias, correction, rule, routing);
    stream.zero(into);
    if (ranks.rank() == 0) {
      stream.addZeroExperts(routing, realExperts, x, into);
    }
    // Last, because they may take their time beside what another stream does.
    stream.addExperts(routing, experts, 0, x, into);
    ranks.sum(stream, into);
  }
}
