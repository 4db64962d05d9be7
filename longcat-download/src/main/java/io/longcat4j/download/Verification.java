package io.longcat4j.download;

import java.util.List;

/**
 * How the files of a directory compare with those of a repository.
 *
 * @param listing what should be there
 * @param files each of them, in the same order
 */
public record Verification(Listing listing, List<Checked> files) {
  /** Copies the component. */
  public Verification {
    files = List.copyOf(files);
  }

  /** What a file is. */
  public enum State {
    /** Length and hash are right. */
    RIGHT,
    /** The length is right; the repository tells no hash. */
    UNCHECKED,
    /** There is none. */
    MISSING,
    /** It has another length. */
    WRONG_LENGTH,
    /** It has other content. */
    WRONG_CONTENT
  }

  /**
   * A file.
   *
   * @param file what should be there
   * @param state what is
   * @param bytes its length, 0 where it is missing
   */
  public record Checked(RepositoryFile file, State state, long bytes) {
    /**
     * Whether nothing is known to be wrong with it.
     *
     * @return false where it has to be fetched
     */
    public boolean isFine() {
      return state == State.RIGHT || state == State.UNCHECKED;
    }
  }

  /**
   * Whether nothing is known to be wrong.
   *
   * @return true if every file is fine
   */
  public boolean isFine() {
    return files.stream().allMatch(Checked::isFine);
  }
}
