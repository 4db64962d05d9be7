package io.longcat4j.download;

/**
 * Checkpoints that are somewhere else.
 *
 * <pre>{@code
 * Checkpoints.download("meituan-longcat/LongCat-Flash-Omni")
 *     .to(Path.of("LongCat-Flash-Omni"))
 *     .onProgress(progress -> System.err.println(progress))
 *     .run();
 * }</pre>
 */
public final class Checkpoints {
  private Checkpoints() {}

  /**
   * Begins the description of a download; nothing is asked before it runs.
   *
   * @param repository owner and name, such as {@code meituan-longcat/LongCat-Flash-Omni}
   * @return a new description
   * @throws io.longcat4j.InvalidRequestException if that is no name of a repository
   */
  public static CheckpointDownload download(String repository) {
    return new CheckpointDownload(repository);
  }
}
