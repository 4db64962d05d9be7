package io.longcat4j.cli;

import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.LoadingProgress.Phase;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows how far loading is: a bar that is redrawn where a person watches, else one line for each
 * phase. Not thread-safe; loading reports from one thread.
 */
final class ConsoleProgress implements LoadingListener {
  private static final int BAR_CHARACTERS = 30;
  private static final int LINE_CHARACTERS = 100;

  private final PrintWriter err;
  private final boolean interactive;
  private String shown = "";

  ConsoleProgress(Terminal terminal) {
    this.err = terminal.err();
    this.interactive = terminal.interactive();
  }

  @Override
  public void onProgress(LoadingProgress progress) {
    if (interactive) {
      redraw(progress);
    } else {
      lineOnce(progress.phase());
    }
  }

  private void lineOnce(Phase phase) {
    String line = phase == Phase.READY ? "Ready." : "Loading " + name(phase) + " ...";
    if (!line.equals(shown)) {
      shown = line;
      err.println(line);
    }
  }

  private void redraw(LoadingProgress progress) {
    String line = progress.phase() == Phase.READY ? "" : bar(progress);
    if (!line.equals(shown)) {
      shown = line;
      err.print("\r" + " ".repeat(LINE_CHARACTERS) + "\r" + line);
      err.flush();
    }
  }

  private static String bar(LoadingProgress progress) {
    double share =
        progress.bytesTotal() > 0 ? (double) progress.bytesDone() / progress.bytesTotal() : 0;
    int filled = (int) Math.round(share * BAR_CHARACTERS);
    String line =
        String.format(
            Locale.ROOT,
            "[%s%s] %3.0f %%  %s  %s",
            "#".repeat(filled),
            ".".repeat(BAR_CHARACTERS - filled),
            share * 100,
            name(progress.phase()),
            progress.file());
    return line.substring(0, Math.min(line.length(), LINE_CHARACTERS));
  }

  private static String name(Phase phase) {
    return switch (phase) {
      case CONFIGURATION -> "configuration";
      case LANGUAGE_MODEL -> "language model";
      case WEIGHTS -> "weights into memory";
      case VISION -> "vision encoder";
      case AUDIO -> "audio encoder";
      case CODEC -> "speech codec";
      case READY -> "ready";
    };
  }
}
