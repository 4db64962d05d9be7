package io.longcat4j.cli;

import io.longcat4j.InvalidRequestException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The project's root, where the sample media and the data of the tests lie.
 *
 * @param root the directory, or empty where none was found
 */
record Home(Optional<Path> root) {
  private static final String PROPERTY = "longcat.home";
  private static final Path MEDIA = Path.of("samples", "media");
  private static final Path CASES = MEDIA.resolve("demo.json");
  private static final Path TINY_CASES = MEDIA.resolve("tiny").resolve("demo.json");
  private static final Path TINY_TEST_SET = Path.of("testdata", "tiny", "testset.jsonl");
  private static final Path TOKENIZER = Path.of("testdata", "random-bf16");

  /** From the system property {@code longcat.home}, else from where the jar lies. */
  static Home find() {
    String property = System.getProperty(PROPERTY);
    if (property != null) {
      return new Home(Optional.of(Path.of(property).toAbsolutePath().normalize()));
    }
    for (Path at = ownLocation(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve(CASES))) {
        return new Home(Optional.of(at));
      }
    }
    return new Home(Optional.empty());
  }

  /** The six published cases. */
  Path demoCases() {
    return shipped(CASES, "pass a JSON file of conversations");
  }

  /** Cases of the small world that LongCat-Tiny knows. */
  Path tinyCases() {
    return shipped(TINY_CASES, "pass a JSON file of conversations");
  }

  /** Questions that LongCat-Tiny was never trained on. */
  Path tinyTestSet() {
    return shipped(TINY_TEST_SET, "pass a file of JSON lines");
  }

  /** Pictures, sounds and videos. */
  Path media() {
    return shipped(MEDIA, "pass the directory of the pictures and sounds with --media");
  }

  /** A directory with a tokenizer, where the project's is there. */
  Optional<Path> tokenizer() {
    return root.map(directory -> directory.resolve(TOKENIZER)).filter(Files::isDirectory);
  }

  private Path shipped(Path relative, String remedy) {
    Path path =
        root.orElseThrow(
                () ->
                    new InvalidRequestException(
                        "The project's directory with "
                            + relative
                            + " was not found beside this program; "
                            + remedy
                            + ", or start Java with -D"
                            + PROPERTY
                            + "=DIRECTORY, the directory that holds 'samples'"))
            .resolve(relative);
    if (!Files.exists(path)) {
      throw new InvalidRequestException(
          path
              + " does not exist, but is expected there because "
              + PROPERTY
              + " is "
              + root.get()
              + "; "
              + remedy
              + ", or correct -D"
              + PROPERTY);
    }
    return path;
  }

  private static @Nullable Path ownLocation() {
    try {
      return Path.of(Home.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
