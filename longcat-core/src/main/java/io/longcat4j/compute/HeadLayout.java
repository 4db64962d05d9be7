package io.longcat4j.compute;

/**
 * How the columns of queries, latents and values are cut into heads.
 *
 * @param heads heads of this rank
 * @param nope query columns of a head without position
 * @param rope query columns of a head with rotary position, after the former
 * @param latent columns of the cached latent; the rotated key's {@code rope} columns follow them
 * @param value value columns of a head
 * @param scale factor of the scores
 */
public record HeadLayout(int heads, int nope, int rope, int latent, int value, float scale) {
  /**
   * Columns of a query row.
   *
   * @return {@code heads * (nope + rope)}
   */
  public int queryColumns() {
    return heads * (nope + rope);
  }

  /**
   * Columns of a cache row.
   *
   * @return {@code latent + rope}
   */
  public int cacheColumns() {
    return latent + rope;
  }
}
