package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What docs/deploy tells to run is well-formed, and its commands are understood. */
class DeployFilesTest {
  private static final Path FOLDER = CommandRun.ROOT.resolve("docs/deploy");

  private static Map<?, ?> yaml(String name) throws Exception {
    String text = Files.readString(FOLDER.resolve(name));
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    return new Yaml(new SafeConstructor(strict)).load(text);
  }

  private static Object at(Object root, Object... path) {
    Object value = root;
    for (Object key : path) {
      value = key instanceof Integer i ? ((List<?>) value).get(i) : ((Map<?, ?>) value).get(key);
      assertThat(value).as(List.of(path).toString()).isNotNull();
    }
    return value;
  }

  private static void assertUnderstood(List<String> words) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    LongCatCommand.commandLine(
            new Terminal(nowhere, nowhere, false), new Home(Optional.of(CommandRun.ROOT)))
        .parseArgs(words.toArray(new String[0]));
  }

  private static List<String> afterLongcat(Object command) {
    List<String> words = ((List<?>) command).stream().map(String.class::cast).toList();
    int start = words.indexOf("longcat");
    assertThat(start).isNotNegative();
    return words.subList(start + 1, words.size());
  }

  @Test
  void theLeaderWorkerSetRunsACommandThatIsUnderstoodOnEveryRank() throws Exception {
    Map<?, ?> set = yaml("leaderworkerset.yaml");
    assertThat(set.get("kind")).isEqualTo("LeaderWorkerSet");
    assertThat(at(set, "spec", "leaderWorkerTemplate", "size")).isEqualTo(4);
    Object pod = at(set, "spec", "leaderWorkerTemplate", "workerTemplate", "spec");
    List<String> words = afterLongcat(at(pod, "containers", 0, "command"));
    assertThat(words).containsSequence("--parallel", "processes").contains("--listen-on");
    assertUnderstood(words);
    assertThat(at(pod, "containers", 0, "env", 1, "name")).isEqualTo("LONGCAT_TOKEN");
    assertThat(at(pod, "containers", 0, "env", 0, "value"))
        .isEqualTo(at(pod, "containers", 0, "ports", 0, "containerPort").toString());
  }

  @Test
  void theMpiJobStartsAsManyRanksAsItHasWorkers() throws Exception {
    Map<?, ?> job = yaml("mpijob.yaml");
    assertThat(job.get("kind")).isEqualTo("MPIJob");
    Object specs = at(job, "spec", "mpiReplicaSpecs");
    List<?> command =
        (List<?>) at(specs, "Launcher", "template", "spec", "containers", 0, "command");
    int ranks = Integer.parseInt((String) command.get(command.indexOf("-n") + 1));
    assertThat(at(specs, "Worker", "replicas")).isEqualTo(ranks);
    List<?> launcher = (List<?>) at(specs, "Launcher", "template", "spec", "containers", 0, "env");
    for (Object variable : launcher) {
      assertThat(command.indexOf(at(variable, "name"))).isPositive();
    }
    List<String> words = afterLongcat(command);
    assertThat(words).containsSequence("--parallel", "mpi");
    assertUnderstood(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"slurm.sbatch", "ssh-hosts.sh"})
  void scriptsRunACommandThatIsUnderstood(String name) throws Exception {
    String script = Files.readString(FOLDER.resolve(name)).replaceAll("\\\\+\n", " ");
    Matcher command = Pattern.compile("/longcat\" (generate.*)").matcher(script);
    assertThat(command.find()).isTrue();
    String words =
        command.group(1).replaceFirst("\"What can you do\\?\".*", "").replace("\"", "").strip();
    assertThat(words).contains("--parallel processes", "--listen-on");
    assertUnderstood(
        Stream.concat(Stream.of(words.split(" +")), Stream.of("What can you do?")).toList());
    assertThat(script).contains("LONGCAT_TOKEN", "MASTER_ADDR", "MASTER_PORT");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void hostsWithSshGetARankEachAndTheSecretInNoCommandLine(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve(".longcat-token"), "s3cret\n");
    script(folder.resolve("ssh"), "echo \"ssh $*\"; shift; exec \"$@\"");
    script(folder.resolve("longcat"), "echo \"$RANK/$WORLD_SIZE $MASTER_ADDR $LONGCAT_TOKEN $3\"");
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh", FOLDER.resolve("ssh-hosts.sh").toString(), "alpha", "beta", "gamma");
    builder.redirectErrorStream(true);
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
    builder.environment().put("LONGCAT", folder.toString());
    builder.environment().put("MODEL", "/a model");
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(printed.lines())
        .containsExactlyInAnyOrder(
            "ssh beta sh -s",
            "ssh gamma sh -s",
            "0/3 alpha s3cret /a model",
            "1/3 alpha s3cret /a model",
            "2/3 alpha s3cret /a model");
  }

  private static void script(Path file, String line) throws Exception {
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void theOverviewNamesEveryFile() throws Exception {
    String overview = Files.readString(FOLDER.resolve("README.md"));
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .hasSize(9)
          .allSatisfy(
              name -> assertThat(name.equals("README.md") || overview.contains(name)).isTrue());
    }
  }
}
