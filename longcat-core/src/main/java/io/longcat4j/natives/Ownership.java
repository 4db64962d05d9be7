package io.longcat4j.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may change a file. Where files have no owners and modes as POSIX knows them, that is left to
 * the system: on Windows the directories of a user are the user's.
 */
final class Ownership {
  private static final int STICKY = 01000;
  private static final int SUPERUSER = 0;

  /** A user of this process's files, or nothing where there are none. */
  private final @Nullable Integer user;

  private Ownership(@Nullable Integer user) {
    this.user = user;
  }

  /** Of who owns a file that this process has made. */
  static Ownership like(Path made) throws IOException {
    return new Ownership(isPosix(made) ? owner(made) : null);
  }

  /** How to make a directory that only its owner can read and write. */
  static FileAttribute<?>[] onlyOwner(Path place) {
    return isPosix(place)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Whether nobody else can write to a file. */
  boolean isOwnersAlone(Path file) throws IOException {
    return user == null || (isTrusted(file) && !othersMayWrite(file));
  }

  /**
   * Refuses a directory in which others can make, rename or change files, or which they can swap
   * for another.
   *
   * @param directory a real path
   */
  void requireDirectory(Path directory) throws IOException {
    if (user == null) {
      return;
    }
    for (Path at = directory; at != null; at = at.getParent()) {
      if (!isTrusted(at)) {
        throw new IOException(
            refusal(directory) + at + " belongs to another user, " + Files.getOwner(at));
      }
      boolean keepsOthersOut = !at.equals(directory) && isSticky(at);
      if (othersMayWrite(at) && !keepsOthersOut) {
        throw new IOException(
            refusal(directory)
                + at
                + " can be written by other users, mode "
                + PosixFilePermissions.toString(Files.getPosixFilePermissions(at)));
      }
    }
  }

  private static String refusal(Path directory) {
    return "libraries in " + directory + " could be replaced by others: ";
  }

  /** Whoever owns the root can do anything; in a container that need not be the user 0. */
  private boolean isTrusted(Path path) throws IOException {
    int owner = owner(path);
    return (user != null && owner == user)
        || owner == SUPERUSER
        || owner == owner(path.toAbsolutePath().getRoot());
  }

  private static boolean othersMayWrite(Path path) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> mode = attributes.permissions();
    return mode.contains(PosixFilePermission.OTHERS_WRITE)
        || (mode.contains(PosixFilePermission.GROUP_WRITE) && !isOwnGroup(attributes));
  }

  /** Many systems give each user a group of the same name, and let it write. */
  private static boolean isOwnGroup(PosixFileAttributes attributes) {
    return attributes.group().getName().equals(attributes.owner().getName());
  }

  private static boolean isSticky(Path path) throws IOException {
    return ((Integer) Files.getAttribute(path, "unix:mode") & STICKY) != 0;
  }

  private static int owner(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }
}
