package io.longcat4j.compute.cpu;

/** What multiplies weights of BF16 and FP8, from the plainest to the one that does most at once. */
enum ProductUnit {
  /** Multiplications of F32 in vectors, over weights that are widened. */
  F32("f32", "F32", 20_000),
  /** Dot products of pairs of BF16 in vectors, over activations that are rounded. */
  BF16("bf16", "BF16 dot products", 5_000),
  /** A unit for tiles of BF16. */
  TILES("amx", "AMX tiles", 2_000);

  private final String key;
  private final String title;
  private final long repetitions;

  ProductUnit(String key, String title, long repetitions) {
    this.key = key;
    this.title = title;
    this.repetitions = repetitions;
  }

  /** How {@link ProductChoice#PROPERTY} names it. */
  String key() {
    return key;
  }

  String title() {
    return title;
  }

  /** Of the loop that measures it, for a round of 20 to 100 microseconds. */
  long repetitions() {
    return repetitions;
  }
}
