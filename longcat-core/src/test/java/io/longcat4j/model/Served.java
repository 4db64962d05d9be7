package io.longcat4j.model;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import org.jspecify.annotations.Nullable;

/**
 * A model with a cache and a runner, as a scheduler wants them.
 *
 * @param latents the memory
 * @param runner the commands
 * @param cache the accounts
 */
public record Served(LatentCache latents, ModelRunner runner, PagedCache cache)
    implements AutoCloseable {

  public static Served of(LanguageModel model, @Nullable SpeechHeads heads, int positions) {
    return of(model, heads, positions, AttentionPolicy.dense());
  }

  /** With what a policy needs beside the rows. */
  public static Served of(
      LanguageModel model, @Nullable SpeechHeads heads, int positions, AttentionPolicy policy) {
    LatentCache latents = model.allocateCache(positions, CacheIndexing.of(policy));
    return new Served(
        latents,
        new ModelRunner(model, heads, latents, LanguageModel.MAX_ROWS),
        latents.openAccounts());
  }

  @Override
  public void close() {
    cache.close();
    runner.close();
    latents.close();
  }
}
