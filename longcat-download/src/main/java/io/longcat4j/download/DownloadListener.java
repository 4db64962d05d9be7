package io.longcat4j.download;

/** Hears how far a download is. */
@FunctionalInterface
public interface DownloadListener {
  /**
   * Called on the thread that runs the download, some times a second; keep it short. What it throws
   * ends the download.
   *
   * @param progress how far it is
   */
  void onProgress(DownloadProgress progress);
}
