package io.longcat4j.checkpoint;

import io.longcat4j.checkpoint.ModelConfig.YarnScaling;
import java.util.Optional;
import java.util.Set;

/**
 * Reads rotary embedding's base and scaling, from {@code rope_theta} and {@code rope_scaling} or
 * from {@code rope_parameters}, which newer tools write for both.
 */
final class RopeConfigReader {
  private static final double PUBLISHED_THETA = 1e7;
  private static final double DEFAULT_BETA_FAST = 32;
  private static final double DEFAULT_BETA_SLOW = 1;
  private static final Set<String> DEFAULT_KEYS = Set.of("rope_type", "type", "rope_theta");
  private static final Set<String> YARN_KEYS =
      Set.of(
          "rope_type",
          "type",
          "rope_theta",
          "factor",
          "original_max_position_embeddings",
          "beta_fast",
          "beta_slow",
          "mscale",
          "mscale_all_dim",
          "attention_factor",
          "truncate");

  private RopeConfigReader() {}

  static double theta(ConfigFile config) {
    ConfigFile place =
        config.has("rope_theta")
            ? config
            : parameters(config).filter(rope -> rope.has("rope_theta")).orElse(config);
    double theta = place.doubleOr("rope_theta", PUBLISHED_THETA);
    if (theta <= 0) {
      throw place.refuse("rope_theta", "expected more than 0");
    }
    return theta;
  }

  static Optional<YarnScaling> scaling(ConfigFile config, int maxPositions) {
    return parameters(config).flatMap(rope -> scaling(config, rope, maxPositions));
  }

  private static Optional<ConfigFile> parameters(ConfigFile config) {
    return config.findChild(config.has("rope_scaling") ? "rope_scaling" : "rope_parameters");
  }

  private static Optional<YarnScaling> scaling(
      ConfigFile config, ConfigFile rope, int maxPositions) {
    String typeKey = rope.has("rope_type") ? "rope_type" : "type";
    switch (rope.stringOr(typeKey, "default")) {
      case "default" -> {
        requireKnown(rope, DEFAULT_KEYS);
        return Optional.empty();
      }
      case "yarn" -> {
        requireKnown(rope, YARN_KEYS);
        return Optional.of(yarn(rope, originalPositions(config, rope, maxPositions)));
      }
      default -> throw rope.refuse(typeKey, "but only \"yarn\" and \"default\" are supported");
    }
  }

  private static int originalPositions(ConfigFile config, ConfigFile rope, int maxPositions) {
    String key = "original_max_position_embeddings";
    ConfigFile place = rope.has(key) ? rope : config;
    int original = place.intOr(key, maxPositions);
    if (original < 1) {
      throw place.refuse(key, "expected at least 1");
    }
    return original;
  }

  private static YarnScaling yarn(ConfigFile rope, int originalPositions) {
    double factor = rope.requireDouble("factor");
    if (factor < 1) {
      throw rope.refuse("factor", "expected at least 1");
    }
    if (!rope.booleanOr("truncate", true)) {
      throw rope.refuse("truncate", "but only true is supported");
    }
    double fast = rope.doubleOr("beta_fast", DEFAULT_BETA_FAST);
    double slow = rope.doubleOr("beta_slow", DEFAULT_BETA_SLOW);
    if (slow <= 0 || fast < slow) {
      throw rope.refuse("beta_fast", "expected at least beta_slow, " + slow + ", and more than 0");
    }
    double allDim = rope.doubleOr("mscale_all_dim", 0);
    return new YarnScaling(
        factor, originalPositions, fast, slow, numerator(rope, factor, allDim), allDim);
  }

  /**
   * The {@code mscale} that gives the rotary magnitude the file asks for. The magnitude is {@code
   * attention_factor} where that is given, {@code m(mscale) / m(mscale_all_dim)} where both are,
   * and else {@code m(1)}, with {@code m(s) = 0.1 s ln(factor) + 1}.
   */
  private static double numerator(ConfigFile rope, double factor, double allDim) {
    Optional<Double> explicit = rope.findDouble("attention_factor");
    double mscale = rope.doubleOr("mscale", 0);
    if (explicit.isEmpty() && mscale != 0 && allDim != 0) {
      return mscale;
    }
    double slope = 0.1 * Math.log(factor);
    double magnitude = explicit.orElse(slope + 1);
    if (slope == 0) {
      if (magnitude != 1) {
        throw rope.refuse("attention_factor", "expected 1 for a factor of 1");
      }
      return 1;
    }
    return explicit.isEmpty() && allDim == 0 ? 1 : (magnitude * (slope * allDim + 1) - 1) / slope;
  }

  private static void requireKnown(ConfigFile rope, Set<String> known) {
    for (String key : rope.keys()) {
      if (!known.contains(key) && rope.has(key)) {
        throw rope.refuse(key, "but this key is unknown here, and may change the results");
      }
    }
  }
}
