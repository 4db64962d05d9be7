package io.longcat4j.download;

import java.nio.file.Path;
import java.util.List;

/**
 * What a download came to.
 *
 * @param directory where the checkpoint lies
 * @param listing what is there
 * @param bytesReceived what came over the network
 * @param unchecked files for which the repository tells no hash, so that only their length is known
 *     to be right
 */
public record Downloaded(
    Path directory, Listing listing, long bytesReceived, List<String> unchecked) {
  /** Copies the component. */
  public Downloaded {
    unchecked = List.copyOf(unchecked);
  }
}
