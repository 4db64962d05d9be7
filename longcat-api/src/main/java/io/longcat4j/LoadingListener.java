package io.longcat4j;

/** Hears how far the loading of a checkpoint is. */
@FunctionalInterface
public interface LoadingListener {
  /**
   * Called on the thread that builds the {@link LongCat}, often; keep it short.
   *
   * @param progress how far loading is; its {@link LoadingProgress#abort()} stops it
   */
  void onProgress(LoadingProgress progress);

  /**
   * Hears nothing.
   *
   * @return a listener that does nothing
   */
  static LoadingListener silent() {
    return progress -> {};
  }
}
