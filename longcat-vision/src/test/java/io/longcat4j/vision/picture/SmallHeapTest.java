package io.longcat4j.vision.picture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Image;
import io.longcat4j.MediaException;
import io.longcat4j.spi.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A picture that is larger than the heap is not called damaged. */
class SmallHeapTest {
  /** Decodes the files that are named and prints what became of each. */
  static final class Decoder {
    private Decoder() {}

    public static void main(String[] files) {
      for (String file : files) {
        try {
          ImageDecoder.decode(Image.of(Path.of(file)), Cancellation.BY_INTERRUPTION);
          System.out.println("read");
        } catch (MediaException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  @Test
  void aPictureThatIsLargerThanTheHeapIsRefusedWithTheRemedy(@TempDir Path folder)
      throws Exception {
    List<Path> files = new ArrayList<>();
    for (String format : List.of("png", "bmp", "gif", "jpeg", "webp")) {
      files.add(Files.write(folder.resolve("large." + format), LargePictures.of(format, 6000)));
    }

    List<String> lines = decodeWith("-Xmx48m", files);

    assertThat(lines).hasSize(files.size());
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i))
          .startsWith(files.get(i).toString())
          .contains("more memory than the Java heap of 48 MB", "-Xmx", "scale the picture down")
          .doesNotContain("damaged");
    }
  }

  private static List<String> decodeWith(String heap, List<Path> files)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Decoder.class.getName()));
    command.addAll(Stream.of(files.toArray()).map(Object::toString).toList());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }
}
