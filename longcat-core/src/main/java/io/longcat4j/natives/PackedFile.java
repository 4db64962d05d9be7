package io.longcat4j.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;

/**
 * A file in a jar.
 *
 * @param url where it is
 */
record PackedFile(URL url) {
  private static final int BUFFER_BYTES = 1 << 18;

  /**
   * Whether a file has its bytes. Of a jar the size and the check sum are taken, which covers every
   * byte without decompressing some 80 MB at each start. That is against what goes wrong, not
   * against attackers, who cannot write to the file.
   */
  boolean equalsFile(Path file) throws IOException {
    URLConnection connection = connect();
    if (!(connection instanceof JarURLConnection jar)) {
      return hasBytesOf(connection, file);
    }
    JarFile opened = jar.getJarFile();
    try {
      JarEntry entry = jar.getJarEntry();
      return entry.getSize() == Files.size(file) && entry.getCrc() == checkSum(file);
    } finally {
      opened.close();
    }
  }

  /** Overwrites a file. */
  void copyTo(Path file) throws IOException {
    try (InputStream from = connect().getInputStream();
        OutputStream to = Files.newOutputStream(file)) {
      from.transferTo(to);
    }
  }

  /** The number that stands for its bytes, to tell versions of it apart. */
  String fingerprint() throws IOException {
    URLConnection connection = connect();
    if (connection instanceof JarURLConnection jar) {
      JarFile opened = jar.getJarFile();
      try {
        return Long.toHexString(jar.getJarEntry().getCrc());
      } finally {
        opened.close();
      }
    }
    try (InputStream in = connection.getInputStream()) {
      return Long.toHexString(checkSum(in));
    }
  }

  private static boolean hasBytesOf(URLConnection connection, Path file) throws IOException {
    try (InputStream wanted = connection.getInputStream();
        InputStream found = Files.newInputStream(file)) {
      while (true) {
        byte[] some = wanted.readNBytes(BUFFER_BYTES);
        if (!Arrays.equals(some, found.readNBytes(BUFFER_BYTES))) {
          return false;
        }
        if (some.length == 0) {
          return true;
        }
      }
    }
  }

  private static long checkSum(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return checkSum(in);
    }
  }

  private static long checkSum(InputStream in) throws IOException {
    CRC32 sum = new CRC32();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      sum.update(buffer, 0, read);
    }
    return sum.getValue();
  }

  /** Without the cache of connections, which would show a jar as it was before it was replaced. */
  private URLConnection connect() throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return connection;
  }
}
