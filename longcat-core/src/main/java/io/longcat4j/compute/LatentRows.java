package io.longcat4j.compute;

/**
 * Rows of a latent cache before they are cached, and windows on them.
 *
 * @param all every column of them
 * @param latents their first columns
 * @param keys their other columns
 */
public record LatentRows(Tensor all, Tensor latents, Tensor keys) {
  /**
   * Cuts rows.
   *
   * @param all the rows
   * @param latent columns of the latent
   * @return the rows and their windows
   */
  public static LatentRows of(Tensor all, int latent) {
    return new LatentRows(all, all.columns(0, latent), all.columns(latent, all.columns() - latent));
  }
}
