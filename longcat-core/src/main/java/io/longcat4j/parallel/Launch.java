package io.longcat4j.parallel;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What started this process as one of several, as far as its environment tells.
 *
 * @param by what a person would call it, such as {@code mpirun}
 * @param mpi whether it speaks MPI for sure
 * @param rank which one this is, from 0
 * @param size how many there are, at least 2
 * @param onHost how many of them are on this host; 1 where the environment does not tell
 */
public record Launch(String by, boolean mpi, int rank, int size, int onHost) {

  private record Launcher(String by, boolean mpi, String rank, String size, String onHost) {}

  /**
   * In the order in which they are believed: the inner one first, since it started this process.
   */
  private static final List<Launcher> LAUNCHERS =
      List.of(
          new Launcher(
              "mpirun",
              /* mpi= */ true,
              "OMPI_COMM_WORLD_RANK",
              "OMPI_COMM_WORLD_SIZE",
              "OMPI_COMM_WORLD_LOCAL_SIZE"),
          new Launcher(
              "RANK and WORLD_SIZE", /* mpi= */ false, "RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE"),
          new Launcher(
              "srun", /* mpi= */ false, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_TASKS_HERE"),
          new Launcher(
              "LeaderWorkerSet",
              /* mpi= */ false,
              "LWS_WORKER_INDEX",
              "LWS_GROUP_SIZE",
              "LWS_PROCESSES_HERE"));

  /**
   * Reads an environment.
   *
   * @param environment such as {@link System#getenv()}
   * @return empty where this process was started alone
   */
  public static Optional<Launch> of(Map<String, String> environment) {
    for (Launcher launcher : LAUNCHERS) {
      int rank = number(environment, launcher.rank, -1);
      int size = number(environment, launcher.size, 1);
      if (size > 1 && rank >= 0 && rank < size) {
        int onHost = number(environment, launcher.onHost, 1);
        boolean sane = onHost >= 1 && onHost <= size;
        return Optional.of(new Launch(launcher.by, launcher.mpi, rank, size, sane ? onHost : 1));
      }
    }
    return Optional.empty();
  }

  private static int number(Map<String, String> environment, String key, int absent) {
    String text = environment.getOrDefault(key, "");
    return text.matches("\\d{1,6}") ? Integer.parseInt(text) : absent;
  }
}
