package io.longcat4j.audio;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ConfigFile;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the file with the codec's weights, from {@code ckpt_path} in the codec's YAML file. */
final class CodecWeights {
  private CodecWeights() {}

  /** As written, then against the folder of the YAML file, then by its bare name in that folder. */
  static Path locate(Path file) {
    ConfigFile config = ConfigFile.yaml(file).child(CodecConfig.SECTION);
    Path written = written(config);
    Path folder = file.toAbsolutePath().getParent();
    List<Path> places = new ArrayList<>();
    places.add(written);
    if (folder != null) {
      places.add(folder.resolve(written));
      if (written.getFileName() != null) {
        places.add(folder.resolve(written.getFileName()));
      }
    }
    for (Path place : places) {
      if (Files.isRegularFile(place)) {
        return place;
      }
    }
    throw new CheckpointException(
        config.describe()
            + ": ckpt_path '"
            + written
            + "' names no file; tried "
            + places.stream().distinct().toList()
            + "; put the codec's weights into the folder of the YAML file");
  }

  private static Path written(ConfigFile config) {
    try {
      return Path.of(config.requireString("ckpt_path"));
    } catch (InvalidPathException e) {
      throw config.refuse("ckpt_path", "it must be a path");
    }
  }
}
