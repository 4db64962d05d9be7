package io.longcat4j;

/** In which precision the latent keys and values of past positions are kept. */
public enum CachePrecision {
  /** As computed. */
  F32,
  /** Rounded to BF16, as the published model keeps them: half the memory. */
  BF16,
  /** Rounded to FP8 E4M3 with one scale a position: about a quarter of the memory. */
  FP8
}
