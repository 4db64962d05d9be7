package io.longcat4j.tiny;

import java.nio.file.Path;
import java.util.Optional;

/**
 * LongCat-Tiny as a checkpoint directory in the published layout. Its files come in this artifact
 * and are unpacked where they are not yet there, or damaged: weights are mapped from files.
 *
 * <p>They go to a directory that the caller names, else to the one of the system property {@code
 * io.longcat4j.tiny.cache} or the environment variable {@code LONGCAT_TINY_CACHE}, else to {@code
 * longcat4j} in the user's cache directory ({@code $XDG_CACHE_HOME} or {@code ~/.cache}, on macOS
 * {@code ~/Library/Caches}, on Windows {@code %LOCALAPPDATA%}). Where nobody named a directory and
 * the user's cannot be written, they go to a temporary one that is deleted when the JVM ends. Each
 * version of the model has a directory of its own there.
 *
 * <p>Thread-safe, also among processes. The files belong to all of them: do not change them.
 */
public final class TinyModel {
  private TinyModel() {}

  /**
   * The model in the default place.
   *
   * @return a checkpoint directory
   * @throws io.longcat4j.CheckpointException if it cannot be unpacked, or the artifact is damaged
   */
  public static Path directory() {
    return Artifact.get().directory(CacheDirectory.ofThisProcess(Optional.empty()));
  }

  /**
   * The model in a place of the caller's choice.
   *
   * @param cache created if missing; the model gets a directory in it
   * @return a checkpoint directory
   * @throws io.longcat4j.CheckpointException if it cannot be unpacked, or the artifact is damaged
   */
  public static Path directory(Path cache) {
    return Artifact.get().directory(CacheDirectory.ofThisProcess(Optional.of(cache)));
  }
}
