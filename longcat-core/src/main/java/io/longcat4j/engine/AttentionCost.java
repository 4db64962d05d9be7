package io.longcat4j.engine;

import io.longcat4j.Attention;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Choice;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.model.CacheIndexing;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.spi.EngineOptions;
import java.util.Locale;

/** What a generated token's attention costs, in words. */
final class AttentionCost {
  /** An 8-bit product counts as a quarter of one of F32. */
  private static final double INTEGER = 0.25;

  private AttentionCost() {}

  /** The policy, and its share of the multiplications and memory of dense attention. */
  static String describe(EngineOptions options, ModelConfig config) {
    Attention wanted = options.attention();
    int length = Planning.contextLength(options, config);
    AttentionPolicy policy = AttentionPolicy.of(wanted);
    int latent = config.kvLoraRank();
    int rope = config.qkRopeHeadDim();
    double products = 100 * products(policy, length, latent, rope);
    String text =
        String.format(
            Locale.ROOT,
            "%s: a generated token at position %d keeps %d positions, for %.1f %% of the products"
                + " of dense attention",
            wanted,
            length,
            policy.kept(length),
            products);
    long index =
        CacheIndexing.of(policy)
            .pageBytes(
                latent, rope, LanguageModel.cacheBlocks(config, false), PagedCache.PAGE_POSITIONS);
    return index == 0
        ? text
        : text
            + String.format(
                Locale.ROOT, ", and %d bytes a position beside the cache", index / Planning.PAGE);
  }

  private static double products(AttentionPolicy policy, int length, int latent, int rope) {
    double score = latent + rope;
    double all = length * (score + latent);
    double kept = policy.kept(length) * (score + latent);
    double candidates = policy.candidates(length) * score;
    Choice choice = policy.choice();
    return switch (choice) {
      case SCORES -> (length * score + (double) policy.kept(length) * latent) / all;
      case WINDOW -> kept / all;
      case INT8 -> (INTEGER * length * score + candidates + kept) / all;
      case COLUMNS -> (INTEGER * length * (latent / 4.0 + rope) + candidates + kept) / all;
      case PAGES ->
          (INTEGER * 2 * length * score / PagedCache.PAGE_POSITIONS + candidates + kept) / all;
    };
  }
}
