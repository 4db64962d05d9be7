package io.longcat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX Runtime loads in a process that was started with long arguments, as class paths are. */
class LongCommandLineTest {
  @TempDir private Path folder;

  /** Loads ONNX Runtime. */
  static final class Loading {
    private Loading() {}

    /**
     * Prints its version.
     *
     * @param arguments not looked at
     */
    public static void main(String[] arguments) {
      System.out.println(SessionSettings.environment().getVersion());
    }
  }

  @Test
  void loadingDoesNotOverflowTheStack() throws Exception {
    Path printed = folder.resolve("printed");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Loading.class.getName(),
                "x".repeat(100_000))
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(printed)).isZero();
    assertThat(Files.readString(printed)).contains("1.");
  }
}
