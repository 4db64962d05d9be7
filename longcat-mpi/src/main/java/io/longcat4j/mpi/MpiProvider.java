package io.longcat4j.mpi;

import io.longcat4j.BackendException;
import io.longcat4j.parallel.Introduction;
import io.longcat4j.parallel.Launch;
import io.longcat4j.parallel.ProcessRanks;
import io.longcat4j.parallel.RankProvider;
import io.longcat4j.parallel.RankTimes;
import io.longcat4j.parallel.Ranks;

/**
 * Ranks that {@code mpirun} or {@code srun} has started: partials go over Open MPI; orders,
 * handshake and signs of life over TCP, at an address and with a token that rank 0 makes and MPI
 * tells the others.
 */
public final class MpiProvider implements RankProvider {
  @Override
  public String name() {
    return "mpi";
  }

  @Override
  public Ranks join(Launch launch, Introduction introduction, RankTimes times) {
    if (launch.size() == 1) {
      return Ranks.single();
    }
    String version = Mpi.open(System.getenv(), launch.onHost() == launch.size());
    Mpi.initialise(times.joining());
    int size = MpiCalls.size();
    int rank = MpiCalls.rank();
    if (size != launch.size() || rank != launch.rank()) {
      throw new BackendException(
          "MPI says rank %d of %d, the environment rank %d of %d; start with the mpirun of the same Open MPI (%s), or srun --mpi=pmix"
              .formatted(rank, size, launch.rank(), launch.size(), version));
    }
    MpiTransport transport = new MpiTransport(size, rank, version, times);
    Rendezvous rendezvous = new Rendezvous(size, rank, launch, times.joining(), transport);
    return ProcessRanks.join(rendezvous.meeting(), introduction, times, transport);
  }
}
