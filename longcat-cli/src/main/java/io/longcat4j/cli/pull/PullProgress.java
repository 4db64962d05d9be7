package io.longcat4j.cli.pull;

import io.longcat4j.download.DownloadListener;
import io.longcat4j.download.DownloadProgress;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows how far a download is: a line that is redrawn where a person watches, else one line for
 * each percent. Not thread-safe.
 */
public final class PullProgress implements DownloadListener {
  private static final int LINE_CHARACTERS = 110;
  private static final int BAR_CHARACTERS = 20;

  private final PrintWriter err;
  private final boolean interactive;
  private String shown = "";
  private int percentShown = -1;

  /**
   * Begins.
   *
   * @param err where lines go
   * @param interactive whether a line may be redrawn
   */
  public PullProgress(PrintWriter err, boolean interactive) {
    this.err = err;
    this.interactive = interactive;
  }

  @Override
  public void onProgress(DownloadProgress progress) {
    int percent = percent(progress);
    if (interactive) {
      redraw(bar(percent) + line(percent, progress));
    } else if (percent != percentShown) {
      percentShown = percent;
      err.println(line(percent, progress));
    }
  }

  /** Leaves the line that was redrawn. */
  public void end() {
    if (interactive && !shown.isEmpty()) {
      err.println();
    }
  }

  /** 100 when everything is there and checked, no sooner. */
  private static int percent(DownloadProgress progress) {
    if (progress.filesDone() == progress.filesTotal()) {
      return 100;
    }
    double share =
        progress.bytesTotal() == 0 ? 0 : (double) progress.bytesDone() / progress.bytesTotal();
    return (int) Math.min(99, share * 100);
  }

  private static String bar(int percent) {
    int filled = percent * BAR_CHARACTERS / 100;
    return "[" + "#".repeat(filled) + ".".repeat(BAR_CHARACTERS - filled) + "] ";
  }

  private static String line(int percent, DownloadProgress progress) {
    return String.format(Locale.ROOT, "%3d %%  ", percent)
        + Amount.bytes(progress.bytesDone())
        + " of "
        + Amount.bytes(progress.bytesTotal())
        + ", "
        + progress.filesDone()
        + " of "
        + progress.filesTotal()
        + " files"
        + (progress.bytesPerSecond() > 0
            ? ", " + Amount.bytes((long) progress.bytesPerSecond()) + "/s"
            : "")
        + progress.timeLeft().map(time -> ", " + Amount.time(time) + " left").orElse("")
        + progress.note().map(note -> ", " + note).orElse("");
  }

  private void redraw(String line) {
    String cut = line.substring(0, Math.min(line.length(), LINE_CHARACTERS));
    if (!cut.equals(shown)) {
      err.print("\r" + cut + " ".repeat(Math.max(0, shown.length() - cut.length())));
      err.flush();
      shown = cut;
    }
  }
}
