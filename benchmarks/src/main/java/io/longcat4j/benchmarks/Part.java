package io.longcat4j.benchmarks;

/** What the bytes and the time of a token go to. */
public enum Part {
  /** Projections of both attention blocks, rotation, writing the cache. */
  ATTENTION("attention projections"),
  /** Scores and sums over the cache, with the map from latents to keys and values. */
  CACHE("attention over the cache"),
  /** Both dense networks. */
  DENSE("dense networks"),
  /** Router. */
  ROUTER("router"),
  /** Experts, zero experts included. */
  EXPERTS("experts"),
  /** The head over the vocabulary. */
  HEAD("head"),
  /** Input embeddings, of which a token reads one row. */
  EMBEDDING("embedding"),
  /** Norms and additions. */
  OTHER("norms and additions");

  private final String title;

  Part(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** The part a published tensor belongs to. */
  static Part ofTensor(String name) {
    if (name.contains(".kv_b_proj.")) {
      return CACHE;
    }
    if (name.contains(".self_attn.")) {
      return name.contains("layernorm") ? OTHER : ATTENTION;
    }
    if (name.contains(".mlps.")) {
      return DENSE;
    }
    if (name.contains(".mlp.experts.")) {
      return EXPERTS;
    }
    if (name.contains(".mlp.router.")) {
      return ROUTER;
    }
    if (name.startsWith("lm_head.")) {
      return HEAD;
    }
    return name.contains("embed_tokens") ? EMBEDDING : OTHER;
  }
}
