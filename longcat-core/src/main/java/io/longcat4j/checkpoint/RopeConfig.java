package io.longcat4j.checkpoint;

import io.longcat4j.checkpoint.ModelConfig.YarnScaling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Rotary embedding's base and scaling, from {@code rope_theta} and {@code rope_scaling} or from
 * {@code rope_parameters}, which newer tools write for both. Older tools keep what they do not know
 * and write their defaults beside it, so {@code rope_parameters} wins.
 */
final class RopeConfig {
  private static final String THETA = "rope_theta";
  private static final String PARAMETERS = "rope_parameters";
  private static final String SCALING = "rope_scaling";
  private static final String PARTIAL = "partial_rotary_factor";
  private static final double PUBLISHED_THETA = 1e7;
  private static final double DEFAULT_BETA_FAST = 32;
  private static final double DEFAULT_BETA_SLOW = 1;
  private static final Set<String> DEFAULT_KEYS = Set.of("rope_type", "type", THETA, PARTIAL);
  private static final Set<String> YARN_KEYS =
      Set.of(
          "rope_type",
          "type",
          THETA,
          PARTIAL,
          "factor",
          "original_max_position_embeddings",
          "beta_fast",
          "beta_slow",
          "mscale",
          "mscale_all_dim",
          "attention_factor",
          "truncate");

  private final ConfigFile config;
  private final Optional<ConfigFile> parameters;
  private final double theta;

  private RopeConfig(ConfigFile config, Optional<ConfigFile> parameters, double theta) {
    this.config = config;
    this.parameters = parameters;
    this.theta = theta;
  }

  static RopeConfig read(ConfigFile config, Consumer<String> warnings) {
    Optional<ConfigFile> newer = given(config, PARAMETERS);
    Optional<ConfigFile> older = given(config, SCALING);
    if (newer.isPresent()
        && older.isPresent()
        && !meaning(newer.get()).equals(meaning(older.get()))) {
      throw config.refuse(
          SCALING, "but " + PARAMETERS + " says something else; keep the one that is meant");
    }
    List<ConfigFile> places = new ArrayList<>();
    newer.ifPresent(places::add);
    older.ifPresent(places::add);
    places.add(config);
    places.removeIf(place -> !place.has(THETA));
    double theta = places.isEmpty() ? PUBLISHED_THETA : theta(places.get(0));
    for (ConfigFile place : places) {
      if (theta(place) != theta) {
        warnings.accept(
            place.describe()
                + ": rope_theta is "
                + place.requireDouble(THETA)
                + ", but "
                + places.get(0).describe()
                + " has "
                + theta
                + ", which is used; remove the other one");
      }
    }
    return new RopeConfig(config, newer.or(() -> older), theta);
  }

  double theta() {
    return theta;
  }

  Optional<YarnScaling> scaling(int maxPositions) {
    return parameters.flatMap(rope -> scaling(rope, maxPositions));
  }

  /** An empty object says as little as none. */
  private static Optional<ConfigFile> given(ConfigFile config, String key) {
    return config.findChild(key).filter(found -> !found.keys().isEmpty());
  }

  /** All but the base, which is chosen apart, and the older name of the type. */
  private static Map<String, Object> meaning(ConfigFile rope) {
    Map<String, Object> values = new HashMap<>();
    for (String key : rope.keys()) {
      rope.find(key).ifPresent(value -> values.put(key.equals("type") ? "rope_type" : key, value));
    }
    values.remove(THETA);
    values.putIfAbsent("rope_type", "default");
    values.replaceAll(
        (key, value) -> value instanceof Number number ? (Object) number.doubleValue() : value);
    return values;
  }

  private static double theta(ConfigFile place) {
    double theta = place.requireDouble(THETA);
    if (theta <= 0) {
      throw place.refuse(THETA, "expected more than 0");
    }
    return theta;
  }

  private Optional<YarnScaling> scaling(ConfigFile rope, int maxPositions) {
    if (rope.doubleOr(PARTIAL, 1) != 1) {
      throw rope.refuse(PARTIAL, "but only 1 is supported");
    }
    String typeKey = rope.has("rope_type") ? "rope_type" : "type";
    switch (rope.stringOr(typeKey, "default")) {
      case "default" -> {
        requireKnown(rope, DEFAULT_KEYS);
        return Optional.empty();
      }
      case "yarn" -> {
        requireKnown(rope, YARN_KEYS);
        return Optional.of(yarn(rope, originalPositions(rope, maxPositions)));
      }
      default -> throw rope.refuse(typeKey, "but only \"yarn\" and \"default\" are supported");
    }
  }

  private int originalPositions(ConfigFile rope, int maxPositions) {
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
