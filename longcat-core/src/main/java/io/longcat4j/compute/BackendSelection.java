package io.longcat4j.compute;

import io.longcat4j.Backend;
import io.longcat4j.BackendException;
import io.longcat4j.Gpus;
import io.longcat4j.MissingModuleException;
import io.longcat4j.Numerics;
import io.longcat4j.spi.WorkerThreads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the backend that an application asks for, among those on the class path. Immutable and
 * thread-safe.
 */
public final class BackendSelection {
  private static final Logger LOG = LoggerFactory.getLogger(BackendSelection.class);

  private final List<ComputeProvider> providers;

  /**
   * A choice among some backends.
   *
   * @param providers in any order
   */
  public BackendSelection(List<ComputeProvider> providers) {
    this.providers =
        providers.stream()
            .sorted(Comparator.comparingInt(ComputeProvider::priority).reversed())
            .toList();
  }

  /**
   * The choice among the backends on the class path.
   *
   * @return what {@link ServiceLoader} finds
   */
  public static BackendSelection onClassPath() {
    return new BackendSelection(
        ServiceLoader.load(ComputeProvider.class, ComputeProvider.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList());
  }

  /**
   * Opens a backend. {@link Backend#auto()} is the one with the highest priority that works here;
   * where one of higher priority does not, a warning says why and what to do.
   *
   * @param wanted its name, or {@code auto}
   * @param threads that compute
   * @param numerics how exactly it computes
   * @return the backend, owned by the caller
   * @throws MissingModuleException if the artifact that brings it is not on the class path
   * @throws BackendException if it is unknown, or does not work on this machine
   */
  public ComputeBackend open(Backend wanted, WorkerThreads threads, Numerics numerics) {
    return select(wanted, BackendRequest.of(threads, numerics)).backend();
  }

  /**
   * Opens a backend as {@link #select} does.
   *
   * @param wanted its name, or {@code auto}
   * @param request how it shall be opened
   * @return the backend, owned by the caller
   * @throws MissingModuleException if the artifact that brings it is not on the class path
   * @throws BackendException if it is unknown, or does not work on this machine
   */
  public ComputeBackend open(Backend wanted, BackendRequest request) {
    return select(wanted, request).backend();
  }

  /**
   * Opens a backend for a rank, and tells whether it is the one that was hoped for.
   *
   * @param wanted its name, or {@code auto}
   * @param request how it shall be opened
   * @return the backend, owned by the caller
   * @throws MissingModuleException if the artifact that brings it is not on the class path
   * @throws BackendException if it is unknown, or does not work on this machine
   */
  public Selected select(Backend wanted, BackendRequest request) {
    if (wanted.equals(Backend.auto())) {
      return openBest(request);
    }
    return new Selected(open(named(wanted), request), Optional.empty());
  }

  /** With another backend for experts, where those of a device shall stay on the host. */
  private ComputeBackend open(ComputeProvider provider, BackendRequest request) {
    ComputeBackend backend = provider.open(request);
    if (!request.gpus().expertsOnHost() || !backend.hasOwnMemory()) {
      return backend;
    }
    try {
      return new HostExpertsBackend(backend, openHost(request));
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  /** The best one that computes in memory of the host. */
  private ComputeBackend openHost(BackendRequest request) {
    List<String> failures = new ArrayList<>();
    for (ComputeProvider provider : providers) {
      if (!provider.isAutomatic() || provider.hasDevices()) {
        continue;
      }
      try {
        return provider.open(request);
      } catch (BackendException e) {
        failures.add(provider.name() + ": " + e.getMessage());
      }
    }
    throw new BackendException(
        "No backend computes experts on the host. " + String.join(". ", failures));
  }

  private ComputeProvider named(Backend wanted) {
    return providers.stream()
        .filter(provider -> provider.name().equals(wanted.name()))
        .findFirst()
        .orElseThrow(() -> absent(wanted));
  }

  /**
   * The memory that the devices of a backend have free for each rank of this host. Where the best
   * backend is wanted, that is the first one that has devices which work.
   *
   * @param wanted its name, or {@code auto}
   * @param gpus which of its devices
   * @param ranks of this host
   * @return one for each rank; none where the host computes
   * @throws MissingModuleException if the artifact that brings it is not on the class path
   * @throws BackendException if it was asked for by its name, and its devices do not work
   */
  public List<DeviceMemory> devices(Backend wanted, Gpus gpus, int ranks) {
    if (!wanted.equals(Backend.auto())) {
      return named(wanted).devices(gpus, ranks);
    }
    for (ComputeProvider provider : providers) {
      try {
        if (provider.isAutomatic()) {
          return provider.devices(gpus, ranks);
        }
      } catch (BackendException e) {
        LOG.debug("The backend {} does not work here", provider.name(), e);
      }
    }
    return List.of();
  }

  /**
   * The CPUs that the calling thread may run on, as the best backend tells.
   *
   * @return as {@link ComputeProvider#usableCpus}; empty where none tells
   */
  public int[] usableCpus() {
    for (ComputeProvider provider : providers) {
      try {
        int[] cpus = provider.usableCpus();
        if (cpus.length > 0) {
          return cpus;
        }
      } catch (BackendException e) {
        LOG.debug("The backend {} does not work here", provider.name(), e);
      }
    }
    return new int[0];
  }

  /**
   * Lets the calling thread, and those of backends that it opens from then on, run on some CPUs
   * only.
   *
   * @param cpus their numbers, at least one
   * @return false where no backend can do that
   */
  public boolean bindCaller(int[] cpus) {
    for (ComputeProvider provider : providers) {
      try {
        if (provider.bindCaller(cpus)) {
          return true;
        }
      } catch (BackendException e) {
        LOG.debug("The backend {} does not work here", provider.name(), e);
      }
    }
    return false;
  }

  /**
   * What was opened.
   *
   * @param backend computes; owned by whoever asked
   * @param fallback that faster ones do not work here, why and what to do; empty where none failed
   */
  public record Selected(ComputeBackend backend, Optional<String> fallback) {}

  /**
   * Opens a backend that computes exactly, on threads that are not pinned.
   *
   * @param wanted its name, or {@code auto}
   * @param threads worker threads, or empty for one a core
   * @return the backend, owned by the caller
   */
  public ComputeBackend open(Backend wanted, OptionalInt threads) {
    return open(wanted, WorkerThreads.unpinned(threads), Numerics.EXACT);
  }

  private Selected openBest(BackendRequest request) {
    List<String> failures = new ArrayList<>();
    for (ComputeProvider provider : providers) {
      if (!provider.isAutomatic()) {
        continue;
      }
      try {
        ComputeBackend backend = open(provider, request);
        return new Selected(backend, fallback(backend, failures));
      } catch (BackendException e) {
        failures.add(provider.name() + ": " + e.getMessage());
      }
    }
    throw new BackendException(
        failures.isEmpty()
            ? "No backend is on the class path; add io.longcat4j:longcat-core and keep its"
                + " META-INF/services when repackaging"
            : "No backend works on this machine. " + String.join(". ", failures));
  }

  private static Optional<String> fallback(ComputeBackend backend, List<String> failures) {
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    String text =
        "Computing on the backend "
            + backend.name()
            + ", because faster ones do not work here. "
            + String.join(". ", failures);
    LOG.warn(text);
    return Optional.of(text);
  }

  private RuntimeException absent(Backend wanted) {
    if (wanted.equals(Backend.cuda())) {
      return new MissingModuleException(
          "The backend cuda needs GPU kernels; add io.longcat4j:longcat-cuda to the class path, or"
              + " pass Backend.auto()");
    }
    return new BackendException(
        "There is no backend "
            + wanted.name()
            + "; available are auto, "
            + providers.stream().map(ComputeProvider::name).collect(Collectors.joining(", ")));
  }
}
