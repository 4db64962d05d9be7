package io.longcat4j.download;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * Notes of files that a download has put in place and checked, so that the next one need not read
 * them again, and knows what it may replace. Thread-safe.
 */
final class VerifiedFiles {
  private static final String NAME = "verified.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final Map<String, Note> notes;

  /**
   * A file as it was when it was checked.
   *
   * @param bytes its length
   * @param modifiedMillis when it was last written
   * @param hash its hash, or {@code none}
   */
  record Note(long bytes, long modifiedMillis, String hash) {
    static Note of(Path file, RepositoryFile listed) throws IOException {
      return new Note(
          Files.size(file),
          Files.getLastModifiedTime(file).toMillis(),
          listed.hash().map(ContentHash::toString).orElse("none"));
    }

    boolean isSameFileAs(Note other) {
      return bytes == other.bytes && modifiedMillis == other.modifiedMillis;
    }
  }

  private VerifiedFiles(Path directory, Map<String, Note> notes) {
    this.directory = directory;
    this.notes = notes;
  }

  /** Notes that cannot be read are no notes: what they say is found out again. */
  static VerifiedFiles read(Path directory) {
    Path file = directory.resolve(WorkDirectory.NAME).resolve(NAME);
    try {
      return new VerifiedFiles(
          directory,
          new TreeMap<>(JSON.readValue(file.toFile(), new TypeReference<Map<String, Note>>() {})));
    } catch (IOException e) {
      return new VerifiedFiles(directory, new TreeMap<>());
    }
  }

  /** Whether the file there is, untouched since, what is listed now. */
  synchronized boolean isRight(RepositoryFile file) {
    Note note = notes.get(file.path());
    return note != null
        && isOurs(file)
        && note.bytes() == file.bytes()
        && note.hash().equals(file.hash().map(ContentHash::toString).orElse("none"));
  }

  /** Whether the file there was put there by a download, and nobody has changed it since. */
  synchronized boolean isOurs(RepositoryFile file) {
    Note note = notes.get(file.path());
    try {
      return note != null && note.isSameFileAs(Note.of(directory.resolve(file.path()), file));
    } catch (IOException e) {
      return false;
    }
  }

  synchronized void add(RepositoryFile file) {
    try {
      notes.put(file.path(), Note.of(directory.resolve(file.path()), file));
      Path work = directory.resolve(WorkDirectory.NAME);
      Path written = work.resolve(NAME + ".new");
      JSON.writeValue(written.toFile(), notes);
      Files.move(
          written,
          work.resolve(NAME),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new DownloadException(
          directory + ": cannot be written (" + e + "); make room there, or name another", e);
    }
  }
}
