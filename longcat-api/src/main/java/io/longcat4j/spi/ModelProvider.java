package io.longcat4j.spi;

import java.nio.file.Path;
import java.util.Optional;

/** A checkpoint that comes as an artifact; found by {@link java.util.ServiceLoader}. */
public interface ModelProvider {
  /**
   * What the checkpoint is asked for by.
   *
   * @return its name, such as {@code tiny}
   */
  String name();

  /**
   * The checkpoint as files, because weights are mapped into memory. Unpacks them where they are
   * not yet there; may be called by several threads and processes at once.
   *
   * @param cacheDirectory where to unpack, or empty for the artifact's own choice
   * @return a directory in the published layout, not to be changed by the caller
   * @throws io.longcat4j.LongCatException if it cannot be unpacked
   */
  Path directory(Optional<Path> cacheDirectory);
}
