package io.longcat4j;

import java.util.Objects;

/**
 * How far the loading of a checkpoint is. Events come in order, on the thread that builds the
 * {@link LongCat}.
 */
public final class LoadingProgress {

  /** What is being loaded. */
  public enum Phase {
    /** Configuration and tokenizer. */
    CONFIGURATION,
    /** The language model's weights. */
    LANGUAGE_MODEL,
    /** The language model's weights come into memory; only where loading waits for them. */
    WEIGHTS,
    /** The image and video encoder. */
    VISION,
    /** The audio encoder. */
    AUDIO,
    /** The codec that turns frames into sound. */
    CODEC,
    /** All done. */
    READY
  }

  private final Phase phase;
  private final String file;
  private final long bytesDone;
  private final long bytesTotal;
  private boolean aborted;

  /**
   * Describes a moment; called by engines.
   *
   * @param phase what is being loaded
   * @param file the file, relative to the checkpoint directory, or empty
   * @param bytesDone bytes of this phase read or mapped so far
   * @param bytesTotal bytes of this phase in all
   */
  public LoadingProgress(Phase phase, String file, long bytesDone, long bytesTotal) {
    this.phase = Objects.requireNonNull(phase, "phase");
    this.file = Objects.requireNonNull(file, "file");
    this.bytesDone = bytesDone;
    this.bytesTotal = bytesTotal;
  }

  /**
   * What is being loaded.
   *
   * @return the phase
   */
  public Phase phase() {
    return phase;
  }

  /**
   * The file.
   *
   * @return relative to the checkpoint directory, or empty
   */
  public String file() {
    return file;
  }

  /**
   * Bytes of this phase read or mapped so far.
   *
   * @return at most {@link #bytesTotal()}
   */
  public long bytesDone() {
    return bytesDone;
  }

  /**
   * Bytes of this phase in all.
   *
   * @return at least 0
   */
  public long bytesTotal() {
    return bytesTotal;
  }

  /** Stops the loading: {@code build()} then throws {@link LoadingAbortedException}. */
  public void abort() {
    aborted = true;
  }

  /**
   * Whether the listener asked to stop.
   *
   * @return true after {@link #abort()}
   */
  public boolean isAborted() {
    return aborted;
  }
}
