package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Opens the language model's weights: the shards that {@code model.safetensors.index.json} names,
 * or without it {@code model.safetensors}, or all {@code model*.safetensors}. The files may be
 * links to elsewhere, as in the caches of download tools.
 */
final class WeightFiles {
  private static final String INDEX = "model.safetensors.index.json";
  private static final String SINGLE = "model.safetensors";
  private static final Pattern NUMBERED = Pattern.compile("(.*?)(\\d{1,9})-of-(\\d{1,9})(\\D*)");
  private static final int MAX_SHARDS = 100_000;

  private final Path directory;
  private final Consumer<String> warnings;

  private WeightFiles(Path directory, Consumer<String> warnings) {
    this.directory = directory;
    this.warnings = warnings;
  }

  /**
   * Maps all weight files of a checkpoint and checks their headers.
   *
   * @param directory the checkpoint's directory
   * @param warnings hears of files that were passed over
   * @return their tensors
   * @throws CheckpointException if a file is missing or damaged, or contradicts the index
   */
  static TensorSource open(Path directory, Consumer<String> warnings) {
    WeightFiles files = new WeightFiles(directory, warnings);
    boolean hasSingle = Files.exists(directory.resolve(SINGLE));
    if (Files.exists(directory.resolve(INDEX))) {
      Map<String, String> shardOf = files.index();
      return hasSingle && !shardOf.containsValue(SINGLE)
          ? files.besideStaleIndex(shardOf)
          : files.indexed(shardOf);
    }
    return hasSingle ? files.single() : files.found();
  }

  private Map<String, String> index() {
    ConfigFile map = ConfigFile.json(directory.resolve(INDEX)).child("weight_map");
    Map<String, String> shardOf = new LinkedHashMap<>();
    for (String name : map.keys()) {
      shardOf.put(name, map.requireString(name));
    }
    return shardOf;
  }

  /** Saving one file leaves the index of an earlier save where it is. */
  private TensorSource besideStaleIndex(Map<String, String> shardOf) {
    List<String> present =
        shardOf.values().stream().distinct().filter(shard -> Files.exists(named(shard))).toList();
    if (!present.isEmpty()) {
      throw new CheckpointException(
          directory
              + ": has "
              + SINGLE
              + " and "
              + INDEX
              + ", which names other files ("
              + present.get(0)
              + "), so that it is not known which weights are meant; remove either "
              + SINGLE
              + ", or the index and its files");
    }
    warnings.accept(
        directory.resolve(INDEX)
            + ": names files that do not exist; "
            + SINGLE
            + " is read. Remove the index");
    return SafetensorsFile.open(directory.resolve(SINGLE));
  }

  private TensorSource single() {
    candidates().stream()
        .map(file -> String.valueOf(file.getFileName()))
        .filter(name -> NUMBERED.matcher(name).matches())
        .findFirst()
        .ifPresent(
            shard ->
                warnings.accept(
                    directory
                        + ": has "
                        + shard
                        + " beside "
                        + SINGLE
                        + ", which alone is read; remove the files that are not meant"));
    return SafetensorsFile.open(directory.resolve(SINGLE));
  }

  private TensorSource indexed(Map<String, String> shardOf) {
    Map<String, TensorSource> shards = new LinkedHashMap<>();
    for (String shard : new LinkedHashSet<>(shardOf.values())) {
      shards.put(shard, SafetensorsFile.open(existing(shard)));
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    shardOf.forEach((name, shard) -> tensors.put(name, promised(shards, shard, name)));
    shards.values().forEach(source -> addUnlisted(source, tensors));
    return new NamedTensors(directory.resolve(INDEX).toString(), tensors);
  }

  private Path named(String shard) {
    Path file;
    try {
      file = Path.of(shard).normalize();
    } catch (InvalidPathException e) {
      throw bad("names the shard " + shard + ", which is no file name", e);
    }
    if (file.isAbsolute() || file.startsWith("..") || file.toString().isEmpty()) {
      throw bad("names the shard " + shard + ", which lies outside the checkpoint", null);
    }
    return directory.resolve(file);
  }

  private Path existing(String shard) {
    Path file = named(shard);
    if (!Files.exists(file)) {
      throw bad("names the shard " + shard + ", which does not exist", null);
    }
    return file;
  }

  private StoredTensor promised(Map<String, TensorSource> shards, String shard, String name) {
    TensorSource source = Objects.requireNonNull(shards.get(shard));
    return source
        .find(name)
        .orElseThrow(
            () -> bad("promises tensor " + name + " in " + shard + ", which lacks it", null));
  }

  /** The index decides between copies; what it leaves out is still part of the checkpoint. */
  private static void addUnlisted(TensorSource source, Map<String, StoredTensor> tensors) {
    for (String name : source.names()) {
      tensors.putIfAbsent(name, source.require(name));
    }
  }

  private TensorSource found() {
    List<Path> files = candidates();
    if (files.isEmpty()) {
      throw new CheckpointException(
          directory
              + ": has neither "
              + INDEX
              + " nor any model*.safetensors; give the directory of a complete checkpoint");
    }
    requireAllNumbers(files);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Path file : files) {
      TensorSource source = SafetensorsFile.open(file);
      for (String name : source.names()) {
        StoredTensor tensor = source.require(name);
        StoredTensor other = tensors.put(name, tensor);
        if (other != null) {
          throw new CheckpointException(
              file
                  + ": tensor "
                  + name
                  + " is in "
                  + other.file()
                  + " too, and there is no "
                  + INDEX
                  + " to choose; remove one of the files");
        }
      }
    }
    return new NamedTensors(directory.toString(), tensors);
  }

  private List<Path> candidates() {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, "model*.safetensors")) {
      stream.forEach(files::add);
    } catch (IOException e) {
      throw new CheckpointException(directory + ": cannot be listed; check its permissions", e);
    }
    Collections.sort(files);
    return files;
  }

  /** Without an index, only the names tell that a shard is missing. */
  private void requireAllNumbers(List<Path> files) {
    Set<String> names = new LinkedHashSet<>();
    files.forEach(file -> names.add(String.valueOf(file.getFileName())));
    for (String name : names) {
      Matcher parts = NUMBERED.matcher(name);
      if (parts.matches()) {
        int count = Math.min(MAX_SHARDS, Integer.parseInt(parts.group(3)));
        for (int i = 1; i <= count; i++) {
          String digits = String.format("%0" + parts.group(2).length() + "d", i);
          String expected = parts.group(1) + digits + "-of-" + parts.group(3) + parts.group(4);
          if (!names.contains(expected)) {
            throw new CheckpointException(
                directory + ": has " + name + ", but " + expected + " is missing; fetch it");
          }
        }
      }
    }
  }

  private CheckpointException bad(String what, @Nullable Exception e) {
    return new CheckpointException(
        directory.resolve(INDEX) + ": " + what + "; fetch the missing files again", e);
  }
}
