package io.longcat4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KernelSourceTest {
  private static final Path FOLDER = Path.of("src/main/cuda");

  @Test
  void the_whole_source_has_every_file_once() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.endsWith(".def"))
              .toList();
      assertThat(markers(KernelSource.whole())).containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void only_the_emulator_is_left_to_be_included() {
    assertThat(KernelSource.whole().lines().filter(line -> line.startsWith("#include")))
        .containsExactly("#include \"device_emulated.h\"");
  }

  @Test
  void lines_are_marked_as_they_are_in_their_files() throws IOException {
    List<String> lines = KernelSource.whole().lines().toList();
    int start = lines.indexOf("#line 1 \"ordering.h\"");
    List<String> file = Files.readAllLines(FOLDER.resolve("ordering.h"));
    int last = file.size() - 1;
    assertThat(lines.get(start + 1 + last)).isEqualTo(file.get(last));
  }

  static List<String> kernels() throws IOException {
    return Pattern.compile("LONGCAT_KERNEL\\((\\w+)\\)\n")
        .matcher(Files.readString(FOLDER.resolve("kernels.def")))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static List<String> markers(String source) {
    return Pattern.compile("#line 1 \"(.*)\"")
        .matcher(source)
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }
}
