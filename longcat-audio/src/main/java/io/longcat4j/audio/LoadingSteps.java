package io.longcat4j.audio;

import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.checkpoint.PyTorchFile;
import io.longcat4j.checkpoint.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Opens the weight files of one phase in order, telling a listener and heeding its abort. */
final class LoadingSteps {
  private final LoadingListener listener;
  private final LoadingProgress.Phase phase;
  private final Path directory;
  private final long bytesTotal;
  private long bytesDone;

  LoadingSteps(
      LoadingListener listener, LoadingProgress.Phase phase, Path directory, List<Path> files) {
    this.listener = listener;
    this.phase = phase;
    this.directory = directory;
    this.bytesTotal = files.stream().mapToLong(LoadingSteps::bytes).sum();
  }

  TensorSource open(Path file) {
    report(file);
    TensorSource tensors = PyTorchFile.open(file);
    bytesDone += bytes(file);
    report(file);
    return tensors;
  }

  private void report(Path file) {
    String name = file.startsWith(directory) ? directory.relativize(file).toString() : "" + file;
    LoadingProgress progress = new LoadingProgress(phase, name, bytesDone, bytesTotal);
    listener.onProgress(progress);
    if (progress.isAborted()) {
      throw new LoadingAbortedException("Loading was aborted at " + name);
    }
  }

  /** A file that cannot be asked is reported by its reader, which knows what to say. */
  private static long bytes(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }
}
