package io.longcat4j.quantize;

import java.util.regex.Pattern;

/** Which weights are quantised. */
public enum Scope {
  /**
   * The routed experts alone: nearly all of the bytes, and each token passes through few of them,
   * so this costs the least quality for the memory it saves.
   */
  EXPERTS("mlp\\.experts\\.\\d+\\.(gate|up|down)_proj\\.weight"),
  /**
   * Experts, attention and dense networks: what a token reads in every step becomes small too.
   * Router, norms, embeddings and heads stay: they are small, and an error in them changes which
   * experts run or which token is picked.
   */
  ALL(
      "(mlp\\.experts\\.\\d+|mlps\\.\\d+)\\.(gate|up|down)_proj\\.weight"
          + "|self_attn\\.\\d+\\.(q|q_a|q_b|kv_a|kv_b|o)_proj(_with_mqa)?\\.weight");

  private final Pattern names;

  Scope(String inLayer) {
    this.names = Pattern.compile("model\\.layers\\.\\d+\\.(" + inLayer + ")");
  }

  boolean includes(String name) {
    return names.matcher(name).matches();
  }
}
