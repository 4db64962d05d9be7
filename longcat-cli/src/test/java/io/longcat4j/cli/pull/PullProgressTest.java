package io.longcat4j.cli.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.download.DownloadProgress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PullProgressTest {
  private final StringWriter err = new StringWriter();

  private static DownloadProgress at(long bytes, int files) {
    return new DownloadProgress(
        bytes,
        561_000_000_000L,
        files,
        80,
        250e6,
        Optional.of(Duration.ofSeconds(3700)),
        Optional.empty());
  }

  @Test
  void a_percent_is_a_line_where_nobody_watches() {
    PullProgress progress = new PullProgress(new PrintWriter(err, true), false);
    progress.onProgress(at(0, 0));
    progress.onProgress(at(5_000_000_000L, 0));
    progress.onProgress(at(5_700_000_000L, 1));
    progress.end();
    assertThat(err.toString().lines())
        .containsExactly(
            "  0 %  0 bytes of 561.0 GB, 0 of 80 files, 250.0 MB/s, 1 h 1 min left",
            "  1 %  5.7 GB of 561.0 GB, 1 of 80 files, 250.0 MB/s, 1 h 1 min left");
  }

  @Test
  void a_line_is_redrawn_where_somebody_watches() {
    PullProgress progress = new PullProgress(new PrintWriter(err, true), true);
    progress.onProgress(at(280_500_000_000L, 3));
    progress.onProgress(at(280_500_000_000L, 3));
    assertThat(err.toString())
        .isEqualTo(
            "\r[##########..........]  50 %  280.5 GB of 561.0 GB, 3 of 80 files, 250.0 MB/s, 1 h 1 min"
                + " left");
    progress.end();
    assertThat(err.toString()).endsWith("\n");
  }

  @Test
  void it_is_100_when_all_files_are_there_and_not_before() {
    PullProgress progress = new PullProgress(new PrintWriter(err, true), false);
    progress.onProgress(at(561_000_000_000L, 79));
    assertThat(err.toString()).startsWith(" 99 %");
    progress.onProgress(at(561_000_000_000L, 80));
    assertThat(err.toString()).contains("100 %");
  }

  @Test
  void amounts_are_told_in_units() {
    assertThat(Amount.bytes(999)).isEqualTo("999 bytes");
    assertThat(Amount.bytes(1000)).isEqualTo("1.0 kB");
    assertThat(Amount.bytes(999_960)).isEqualTo("1.0 MB");
    assertThat(Amount.time(Duration.ofSeconds(59))).isEqualTo("59 s");
    assertThat(Amount.time(Duration.ofSeconds(3599))).isEqualTo("59 min 59 s");
  }
}
