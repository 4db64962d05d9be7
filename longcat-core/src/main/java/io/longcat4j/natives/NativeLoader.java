package io.longcat4j.natives;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.ClassProperties;
import org.bytedeco.javacpp.Loader;

/**
 * Loads libraries that JavaCPP knows. JavaCPP takes what it finds unpacked by name, size and time,
 * from any directory; here each file is compared with the jar before it is loaded, and the
 * directory is one that nobody else can write. Thread-safe.
 */
public final class NativeLoader {
  private NativeLoader() {}

  /**
   * Unpacks and loads the libraries of classes, with those that they need.
   *
   * @param owners the classes with the native methods, what is needed first
   * @return the file of the last one
   * @throws LinkageError if one cannot be loaded
   * @throws IOException if one cannot be unpacked to where nobody else can change it
   */
  public static String load(Class<?>... owners) throws IOException {
    PrivateDirectory directory = directory();
    Map<String, URL> packed = new LinkedHashMap<>();
    for (Class<?> owner : owners) {
      libraries(owner).forEach(url -> packed.put(url.toExternalForm(), url));
    }
    for (URL url : packed.values()) {
      directory.place(url, Loader.cacheResource(url).toPath());
    }
    String file = "";
    for (Class<?> owner : owners) {
      file = String.valueOf(Loader.load(owner));
    }
    return file;
  }

  /** JavaCPP keeps its first one: another part of the application may have used it before. */
  private static PrivateDirectory directory() throws IOException {
    PrivateDirectory ours = NativeCache.directory();
    Path theirs = Loader.getCacheDir().toPath();
    return theirs.equals(ours.path()) ? ours : PrivateDirectory.at(theirs);
  }

  /**
   * What JavaCPP would unpack for a class; files that are no resources of a jar stay where they
   * are.
   */
  static List<URL> libraries(Class<?> owner) {
    ClassProperties properties = Loader.loadProperties(owner, Loader.loadProperties(), true);
    List<String> names = new ArrayList<>(properties.get("platform.preload"));
    names.addAll(properties.get("platform.link"));
    names.add(properties.getProperty("platform.library"));
    List<URL> found = new ArrayList<>();
    for (String name : names) {
      String plain = name.endsWith("!") ? name.substring(0, name.length() - 1) : name;
      for (URL url : Loader.findLibrary(owner, properties, plain)) {
        if (!url.getProtocol().equals("file")) {
          found.add(url);
        }
      }
    }
    return found;
  }
}
