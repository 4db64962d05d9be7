package io.longcat4j.benchmarks;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Single tokens at the end of one context, each beside the floors measured right before it.
 *
 * @param context positions in the cache, the token's own included
 * @param tokens at least one
 */
record Decode(int context, List<Token> tokens) {
  Decode {
    tokens = List.copyOf(tokens);
  }

  /**
   * A decoded token.
   *
   * @param seconds of the pass
   * @param realExperts experts that computed, on average over the layers
   * @param floors measured right before
   * @param parts seconds of each part
   */
  record Token(double seconds, double realExperts, Floors floors, Map<Part, Double> parts) {
    Token {
      parts = Map.copyOf(parts);
    }
  }

  Sample seconds() {
    return sample(Token::seconds);
  }

  double realExperts() {
    return mean(Token::realExperts);
  }

  /** Bytes that a token reads, on average. */
  double bytes(TokenCost cost) {
    return mean(token -> bytes(cost, token));
  }

  private double bytes(TokenCost cost, Token token) {
    return cost.decodeBytes(token.realExperts(), context);
  }

  /** Seconds that reading takes at least, over seconds that passed: the median of all tokens. */
  double share(TokenCost cost) {
    return sample(
            token -> bytes(cost, token) / token.floors().readBytesPerSecond() / token.seconds())
        .median();
  }

  /** The read floors beside the tokens. */
  Sample readBytesPerSecond() {
    return sample(token -> token.floors().readBytesPerSecond());
  }

  Set<Part> parts() {
    Set<Part> parts = EnumSet.noneOf(Part.class);
    tokens.forEach(token -> parts.addAll(token.parts().keySet()));
    return parts;
  }

  /** Seconds of a part, on average. */
  double partSeconds(Part part) {
    return mean(token -> token.parts().getOrDefault(part, 0.0));
  }

  /** Bytes that a token reads of a part, on average. */
  double partBytes(Part part, TokenCost cost) {
    return mean(token -> cost.partBytes(part, token.realExperts(), context));
  }

  /** Seconds that reading takes at least over seconds that passed, each summed over the tokens. */
  double partShare(Part part, TokenCost cost) {
    double floor =
        mean(
            token ->
                cost.partBytes(part, token.realExperts(), context)
                    / token.floors().readBytesPerSecond());
    return floor / partSeconds(part);
  }

  /** Seconds that reading cache and map takes at least, on average. */
  double cacheReadSeconds(TokenCost cost) {
    return mean(token -> cost.attentionBytes(context) / token.floors().readBytesPerSecond());
  }

  /** Seconds that the products over the cache take at least, on average. */
  double cacheProductSeconds(TokenCost cost) {
    return mean(token -> cost.attentionFlops(context) / token.floors().bestFlopsPerSecond());
  }

  /** Share of the slower of both floors. */
  double cacheShare(TokenCost cost) {
    return Math.max(cacheReadSeconds(cost), cacheProductSeconds(cost)) / partSeconds(Part.CACHE);
  }

  private Sample sample(ToDoubleFunction<Token> number) {
    return new Sample(tokens.stream().mapToDouble(number).toArray());
  }

  private double mean(ToDoubleFunction<Token> number) {
    return tokens.stream().mapToDouble(number).average().orElseThrow();
  }
}
