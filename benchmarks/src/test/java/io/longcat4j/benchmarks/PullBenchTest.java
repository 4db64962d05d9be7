package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.benchmarks.PullBench.Turn;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
class PullBenchTest {
  @TempDir Path folder;

  @Test
  void a_download_is_measured_beside_the_disk_and_nothing_of_it_stays() {
    List<String> progress = new ArrayList<>();
    PullBench.Options options = new PullBench.Options(folder, 3_000_001, 3, 2, 2);
    BenchReport report = new PullBench(options, progress::add).run();
    assertThat(report.text(true))
        .contains("0.00 GB in 3 files, 2 at a time", "| 1 |", "| 2 |", "| median |", "70.0 %");
    double write = report.figures().get("write_gb_per_s").asDouble();
    double pull = report.figures().get("pull_gb_per_s").asDouble();
    assertThat(write).isPositive();
    assertThat(pull).isPositive();
    assertThat(report.figures().get("sha256_gb_per_s").asDouble()).isPositive();
    assertThat(progress).contains("turn 2 of 2 ...");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void a_share_is_that_of_the_same_moment() {
    PullBench.Options options = new PullBench.Options(folder, 8_000_000_000L, 8, 4, 3);
    List<Turn> turns = List.of(new Turn(8, 10, 5), new Turn(4, 8, 8), new Turn(16, 16, 20));
    BenchReport report = new PullReport(options, 1e9, turns).report();
    assertThat(report.figures().get("share_of_write").asDouble()).isCloseTo(0.8, within(1e-9));
    assertThat(report.figures().get("write_gb_per_s").asDouble()).isCloseTo(1.0, within(1e-9));
    assertThat(report.figures().get("pull_gb_per_s").asDouble()).isCloseTo(0.8, within(1e-9));
    assertThat(report.text(false)).contains("50.0 %", "100.0 %", "1.25");
  }

  @Test
  void files_are_as_long_as_they_are_said_to_be_and_differ() throws Exception {
    MadeFiles files = new MadeFiles(3, 150_000_000);
    long sum = 0;
    List<String> hashes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      files.write(i, content);
      assertThat(content.size()).isEqualTo((int) files.bytes(i));
      sum += content.size();
      hashes.add(files.sha256(i));
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.toByteArray());
      assertThat(files.sha256(i)).isEqualTo(HexFormat.of().formatHex(hash));
    }
    assertThat(sum).isEqualTo(150_000_000);
    assertThat(hashes).doesNotHaveDuplicates();
  }

  @Test
  void what_cannot_be_measured_is_refused() throws Exception {
    assertThatThrownBy(() -> new PullBench.Options(folder, 0, 1, 1, 1))
        .isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> new PullBench.Options(folder, 1, 1, 33, 1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("1 to 32");
    Path file = Files.createFile(folder.resolve("file"));
    PullBench.Options options = new PullBench.Options(file, 1, 1, 1, 1);
    assertThatThrownBy(() -> new PullBench(options, line -> {}).run())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("--dir");
  }
}
