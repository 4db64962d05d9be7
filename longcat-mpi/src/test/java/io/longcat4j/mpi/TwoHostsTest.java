package io.longcat4j.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ranks on two hosts of their own, between which the link is cut; where root may make such hosts.
 */
@Tag("once")
class TwoHostsTest {
  private static final Path SCRIPT =
      Path.of(
          System.getProperty("longcat.repository.root"),
          "longcat-mpi/src/test/scripts/two-hosts.sh");
  private static final int NOT_ALLOWED = 77;
  private static final int HANGS_SECONDS = 120;

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "mpi"})
  void a_link_that_is_cut_is_noticed_on_both_hosts(String transport, @TempDir Path folder)
      throws Exception {
    assumeThat(Path.of("/usr/bin/unshare")).as("Linux with util-linux").isExecutable();
    Path output = folder.resolve("output.txt");
    String patience = Boolean.getBoolean("longcat.nightly") ? "10000" : "3000";
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash", SCRIPT.toString(), transport, System.getProperty("java.class.path"), patience);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    boolean hasEnded = process.waitFor(HANGS_SECONDS, TimeUnit.SECONDS);
    process.destroy();
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(hasEnded).as(said).isTrue();
    assumeThat(process.exitValue()).as(said).isNotEqualTo(NOT_ALLOWED);
    assertThat(process.exitValue()).as(said).isZero();
  }
}
