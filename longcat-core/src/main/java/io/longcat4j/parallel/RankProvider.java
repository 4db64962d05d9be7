package io.longcat4j.parallel;

import io.longcat4j.MissingModuleException;
import java.util.ServiceLoader;

/**
 * A way to connect the ranks of several processes that an artifact of its own brings; found by
 * {@link ServiceLoader}. Thread-safe.
 */
public interface RankProvider {
  /**
   * What it is called.
   *
   * @return such as {@code mpi}
   */
  String name();

  /**
   * Joins the others; waits for all to come.
   *
   * @param launch how this process was started
   * @param introduction what it tells rank 0
   * @param times how long to wait
   * @return the ranks, to be closed
   * @throws io.longcat4j.BackendException if it does not work here, and what to do
   * @throws io.longcat4j.RankFailedException if a rank does not come or does not fit
   */
  Ranks join(Launch launch, Introduction introduction, RankTimes times);

  /**
   * The provider of a name on the class path.
   *
   * @param name such as {@code mpi}
   * @return the provider
   * @throws MissingModuleException if there is none; the message names the artifact
   */
  static RankProvider named(String name) {
    return ServiceLoader.load(RankProvider.class, RankProvider.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new MissingModuleException(
                    "ranks over %s need the artifact io.longcat4j:longcat-%s on the class path; add it, or connect them over TCP or as threads"
                        .formatted(name, name)));
  }
}
