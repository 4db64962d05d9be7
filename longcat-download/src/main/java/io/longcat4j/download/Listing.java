package io.longcat4j.download;

import java.util.List;

/**
 * What a repository holds of what is wanted.
 *
 * @param repository owner and name
 * @param revision the commit that all files are taken from; at ModelScope, which has a commit for
 *     each file, the branch or tag
 * @param files in the order of their names
 */
public record Listing(String repository, String revision, List<RepositoryFile> files) {
  /** Copies the component and checks that the names are different files. */
  public Listing {
    files = List.copyOf(files);
    FileNames.requireApart(files);
    sum(repository, files);
  }

  /**
   * All files together.
   *
   * @return bytes
   */
  public long bytes() {
    return sum(repository, files);
  }

  private static long sum(String repository, List<RepositoryFile> files) {
    try {
      long bytes = 0;
      for (RepositoryFile file : files) {
        bytes = Math.addExact(bytes, file.bytes());
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw new DownloadException(
          repository + " lists files of more bytes than can be counted; nothing is fetched", e);
    }
  }
}
