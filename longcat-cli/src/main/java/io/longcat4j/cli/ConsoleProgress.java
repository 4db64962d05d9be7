package io.longcat4j.cli;

import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.LoadingProgress.Phase;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows how far loading is: one bar over all phases that is redrawn where a person watches, ends at
 * 100 % and goes away; else one line for each phase. Not thread-safe; loading reports from one
 * thread.
 */
final class ConsoleProgress implements LoadingListener {
  private static final int BAR_CHARACTERS = 30;
  private static final int LINE_CHARACTERS = 100;

  private final PrintWriter err;
  private final boolean interactive;
  private String shown = "";
  private double furthest;

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
    furthest = Math.max(furthest, share(progress));
    draw(bar(progress));
    if (progress.phase() == Phase.READY) {
      draw("");
    }
  }

  private void draw(String line) {
    if (!line.equals(shown)) {
      shown = line;
      err.print("\r" + " ".repeat(LINE_CHARACTERS) + "\r" + line);
      err.flush();
    }
  }

  /** Of the whole; how long a phase takes beside the others is a guess. */
  private static double share(LoadingProgress progress) {
    double done =
        progress.bytesTotal() > 0 ? (double) progress.bytesDone() / progress.bytesTotal() : 0;
    double from = begin(progress.phase());
    return from + Math.min(1, done) * (end(progress.phase()) - from);
  }

  private static double begin(Phase phase) {
    return switch (phase) {
      case CONFIGURATION -> 0;
      case LANGUAGE_MODEL -> 0.02;
      case WEIGHTS -> 0.60;
      case VISION -> 0.85;
      case AUDIO -> 0.90;
      case CODEC -> 0.95;
      case READY -> 1;
    };
  }

  private static double end(Phase phase) {
    return switch (phase) {
      case CONFIGURATION -> begin(Phase.LANGUAGE_MODEL);
      case LANGUAGE_MODEL -> begin(Phase.WEIGHTS);
      case WEIGHTS -> begin(Phase.VISION);
      case VISION -> begin(Phase.AUDIO);
      case AUDIO -> begin(Phase.CODEC);
      case CODEC, READY -> 1;
    };
  }

  private String bar(LoadingProgress progress) {
    int filled = (int) Math.round(furthest * BAR_CHARACTERS);
    String line =
        String.format(
            Locale.ROOT,
            "[%s%s] %3.0f %%  %s  %s",
            "#".repeat(filled),
            ".".repeat(BAR_CHARACTERS - filled),
            furthest * 100,
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
