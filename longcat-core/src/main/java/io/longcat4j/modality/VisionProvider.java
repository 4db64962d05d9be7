package io.longcat4j.modality;

import java.util.List;

/** Opens eyes; found by {@link java.util.ServiceLoader}. */
public interface VisionProvider {
  /**
   * Loads the vision encoder of a checkpoint.
   *
   * @param context where and how
   * @return the encoder, owned by the caller
   * @throws io.longcat4j.CheckpointException if its files are missing or damaged
   */
  Vision open(ModalityContext context);

  /**
   * What {@link #open} reads, so that a file that is missing is told of before a picture comes.
   *
   * @return paths in the checkpoint directory
   */
  List<String> files();
}
