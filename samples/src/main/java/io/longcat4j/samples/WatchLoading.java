package io.longcat4j.samples;

import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress.Phase;
import io.longcat4j.LongCat;

/** Watches the loading of a checkpoint, tells what runs where, then aborts a second loading. */
public final class WatchLoading {
  private WatchLoading() {}

  /**
   * Runs the sample.
   *
   * @param args not used
   */
  public static void main(String[] args) {
    LoadingListener watching =
        progress ->
            System.out.printf(
                "%-14s %s %,d of %,d bytes%n",
                progress.phase(), progress.file(), progress.bytesDone(), progress.bytesTotal());
    try (LongCat longcat = LongCat.builder().tiny().onProgress(watching).build()) {
      System.out.println(longcat.describe());
    }

    LoadingListener impatient =
        progress -> {
          if (progress.phase() == Phase.LANGUAGE_MODEL) {
            progress.abort();
          }
        };
    try (LongCat longcat = LongCat.builder().tiny().onProgress(impatient).build()) {
      System.out.println("not reached: " + longcat.describe());
    } catch (LoadingAbortedException e) {
      System.out.println("aborted: " + e.getMessage());
    }
  }
}
