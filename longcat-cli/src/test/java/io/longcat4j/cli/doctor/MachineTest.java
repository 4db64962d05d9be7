package io.longcat4j.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  @TempDir Path root;

  private void file(String name, String content) throws IOException {
    Files.createDirectories(root.resolve(name).getParent());
    Files.writeString(root.resolve(name), content);
  }

  private String found() {
    Findings findings = new Findings("/home/me");
    new Machine(root).describe(findings);
    return findings.toText();
  }

  @Test
  void what_the_system_tells_is_shown() throws Exception {
    file("proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu avx2 avx512f x\n");
    file("proc/meminfo", "MemTotal:       1000 kB\nMemAvailable:    900 kB\n");
    file(
        "proc/self/limits",
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max locked memory         65536                unlimited            bytes
        """);
    file("proc/self/cgroup", "0::/a/b\n");
    file("sys/fs/cgroup/a/b/memory.max", "4096\n");
    file("sys/fs/cgroup/cpu.max", "200000 100000\n");
    file("proc/self/maps", "a\nb\nc\n");
    file("proc/sys/vm/max_map_count", "65530\n");
    file("etc/os-release", "NAME=x\nPRETTY_NAME=\"Some Linux\"\n");
    assertThat(found())
        .contains("  distribution: Some Linux\n")
        .contains("  name: Some CPU\n")
        .contains("  instruction sets: avx2 avx512f\n")
        .contains("  MemTotal: 1000 kB\n")
        .contains("  cgroup memory: 4096\n")
        .contains("  cgroup processors: 200000 100000\n")
        .contains("  Max locked memory: 65536 unlimited bytes\n")
        .contains("  mappings: 3 of 65530\n");
  }

  @Test
  void older_groups_are_found() throws Exception {
    file("sys/fs/cgroup/memory/memory.limit_in_bytes", "77\n");
    assertThat(found()).contains("  cgroup memory: 77\n");
  }

  @Test
  void systems_that_tell_nothing_are_no_failure() {
    assertThat(found())
        .contains("  name: not told by this system\n")
        .contains("  mappings: ? of not told by this system\n");
  }

  @Test
  void the_user_is_not_told() {
    Findings findings = new Findings("/home/me");
    findings.add("a", "b", "in /home/me/x\nand more");
    assertThat(findings.toText()).isEqualTo("a\n  b: in ~/x and more\n");
  }
}
