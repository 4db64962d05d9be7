package io.longcat4j.model;

import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** How far the loading of a language model is; a device's copies count as they go. */
final class LoadProgress {
  private final LoadingListener listener;
  private final long bytesTotal;
  private final Set<String> used = new HashSet<>();
  private String file = "";
  private long bytesDone;

  /** What {@link #bytesDone} will be after the tensor that is being taken in. */
  private long bytesNext;

  LoadProgress(LoadingListener listener, long bytesTotal) {
    this.listener = listener;
    this.bytesTotal = bytesTotal;
  }

  /** Whether a tensor was begun. */
  boolean has(String name) {
    return used.contains(name);
  }

  /** A tensor is next, which counts once. */
  void begin(ScaledTensor weight) {
    StoredTensor next = weight.values();
    if (!used.add(next.name())) {
      return;
    }
    file = String.valueOf(Path.of(next.file()).getFileName());
    bytesDone = bytesNext;
    bytesNext += weight.byteSize();
    report(next.name() + " of " + next.file());
  }

  /** A device took in a part of the tensor. */
  void taken(long bytes) {
    bytesDone = Math.min(bytesDone + bytes, bytesNext);
    report(file);
    if (Thread.currentThread().isInterrupted()) {
      throw new LoadingAbortedException("Loading was aborted by an interrupt at " + file);
    }
  }

  /** All has been taken in. */
  void end() {
    bytesDone = bytesNext;
    report(file);
  }

  private void report(String at) {
    LoadingProgress progress =
        new LoadingProgress(LoadingProgress.Phase.LANGUAGE_MODEL, file, bytesDone, bytesTotal);
    listener.onProgress(progress);
    if (progress.isAborted()) {
      throw new LoadingAbortedException("Loading was aborted by its listener at " + at);
    }
  }
}
