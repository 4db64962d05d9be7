package io.longcat4j.tiny;

import io.longcat4j.CheckpointException;
import io.longcat4j.spi.UserCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/**
 * The model as it comes in the artifact.
 *
 * @param id of this version of the model
 * @param files all of them
 * @param resources opens one of them by its path
 */
record Artifact(String id, List<ModelFile> files, Resources resources) {
  private static final String LIST = "model.files";
  private static final String ROOT = "model/";
  private static final int ID_CHARACTERS = 16;

  /** Opens a file of the artifact. */
  interface Resources {
    InputStream open(String path) throws IOException;
  }

  /** This artifact. */
  static Artifact get() {
    try (InputStream list = resource(LIST)) {
      return of(new String(list.readAllBytes(), StandardCharsets.UTF_8), p -> resource(ROOT + p));
    } catch (IOException e) {
      throw new CheckpointException(
          "The artifact longcat-tiny cannot be read (" + e + "); download it again", e);
    }
  }

  static Artifact of(String list, Resources resources) {
    byte[] digest = ModelFile.newDigest().digest(list.getBytes(StandardCharsets.UTF_8));
    List<ModelFile> files = list.lines().map(Artifact::file).toList();
    if (files.isEmpty()) {
      throw new CheckpointException(
          "This build of longcat-tiny holds no model; copy one to"
              + " longcat-tiny/src/main/resources/io/longcat4j/tiny/model and build it again");
    }
    return new Artifact(
        HexFormat.of().formatHex(digest).substring(0, ID_CHARACTERS), files, resources);
  }

  private static ModelFile file(String line) {
    String[] fields = line.split(" ", 4);
    return new ModelFile(
        fields[0], Long.parseLong(fields[1], 16), Long.parseLong(fields[2]), fields[3]);
  }

  private static InputStream resource(String name) throws IOException {
    InputStream stream = Artifact.class.getResourceAsStream(name);
    if (stream == null) {
      throw new IOException("no resource " + name);
    }
    return stream;
  }

  /** The model as a directory, unpacked where need be. */
  Path directory(CacheDirectory cache) {
    if (cache.path().isPresent()) {
      try {
        return new Unpacking(this, UserCache.absolute(cache.path().get())).run();
      } catch (IOException e) {
        if (cache.chosen()) {
          throw failure(cache.path().get(), e);
        }
      }
    }
    return temporary();
  }

  private Path temporary() {
    try {
      Path directory = Files.createTempDirectory("longcat4j-tiny-");
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> Unpacking.deleteQuietly(directory), "longcat-tiny"));
      return new Unpacking(this, directory).run();
    } catch (IOException e) {
      throw failure(Path.of(System.getProperty("java.io.tmpdir", ".")), e);
    }
  }

  private static CheckpointException failure(Path directory, IOException e) {
    return new CheckpointException(
        "LongCat-Tiny cannot be unpacked to "
            + directory
            + " ("
            + e
            + "); name a directory that can be written with cacheDirectory(...), the system"
            + " property "
            + CacheDirectory.PROPERTY
            + " or the environment variable "
            + CacheDirectory.VARIABLE,
        e);
  }
}
