package io.longcat4j.mpi;

import io.longcat4j.BackendException;
import io.longcat4j.natives.NativeCache;
import io.longcat4j.natives.NativeLoader;
import io.longcat4j.parallel.Watch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;

/**
 * Open MPI in this process, of which there is one: initialised once, ended once. Never waits longer
 * than it is told, whatever other ranks do. Driven by one thread at a time.
 */
final class Mpi {
  /** The variable with the file of the library to open. */
  static final String LIBRARY = "LONGCAT_MPI_LIBRARY";

  private static final List<String> NAMES = List.of("libmpi.so.40", "libmpi.40.dylib");
  private static final String OPEN_MPI = "Open MPI";
  private static final int TEXT_BYTES = 8192;

  /** About a millisecond of asking, the first tenth without giving way. */
  private static final int POLLS = 1000;

  private static final int IMPATIENT_POLLS = 100;

  private Mpi() {}

  /**
   * Opens the library.
   *
   * @param environment may name it
   * @param oneHost whether all ranks are on this host, so that it need not listen for others
   * @return what the library calls itself
   */
  static String open(Map<String, String> environment, boolean oneHost) {
    load();
    String named = environment.getOrDefault(LIBRARY, "").strip();
    List<String> tried = new ArrayList<>();
    for (String name : named.isEmpty() ? NAMES : List.of(named)) {
      ByteBuffer text = text();
      if (MpiCalls.open(name, oneHost ? 1 : 0, text, TEXT_BYTES) == MpiCalls.OK) {
        return requireOpenMpi(name);
      }
      tried.add(name + ": " + string(text));
    }
    throw new BackendException(
        "Open MPI could not be opened ("
            + String.join("; ", tried)
            + "); install it (Debian and Ubuntu: openmpi-bin libopenmpi3), or set "
            + LIBRARY
            + " to the file of its library libmpi.so.40; ranks can meet over TCP too");
  }

  private static String requireOpenMpi(String name) {
    ByteBuffer text = text();
    MpiCalls.version(text, TEXT_BYTES);
    String version = string(text);
    if (!version.startsWith(OPEN_MPI)) {
      throw new BackendException(
          name
              + " is '"
              + version
              + "', and only Open MPI is known here; install it, or set "
              + LIBRARY
              + " to its libmpi.so.40");
    }
    return version.replaceAll(",.*", "");
  }

  private static void load() {
    String file = Loader.getPlatform() + "/" + System.mapLibraryName("jnilongcat_mpi");
    if (MpiCalls.class.getResource(file) == null) {
      throw new BackendException(
          "longcat-mpi was built without native code for "
              + Loader.getPlatform()
              + "; use an artifact built on this platform with a C++17 compiler, or let ranks meet"
              + " over TCP");
    }
    try {
      String unused = NativeLoader.load(MpiCalls.class);
    } catch (LinkageError | RuntimeException | IOException e) {
      throw new BackendException(
          "the native code of longcat-mpi could not be unpacked or loaded ("
              + e.getMessage()
              + "); "
              + NativeCache.REMEDY,
          e);
    }
  }

  /** Initialises MPI, which waits for all ranks of the job. */
  static void initialise(Duration limit) {
    int state = MpiCalls.state();
    if (state != 0) {
      throw new BackendException(
          "MPI was "
              + (state == 1 ? "initialised" : "used and ended")
              + " in this process before, and it can be only once; start new processes, or let"
              + " ranks meet over TCP");
    }
    int status = within("MPI_Init", limit, MpiCalls::init);
    if (status == MpiCalls.REFUSED) {
      throw new BackendException(
          "this MPI can only be called by one and the same thread (it offers less than"
              + " MPI_THREAD_SERIALIZED); install one that was built with threads");
    }
    check("MPI_Init", status);
  }

  /** Ends MPI, which waits for all ranks; whether it did. */
  static boolean end(Duration limit) {
    try {
      return within("MPI_Finalize", limit, MpiCalls::end) == MpiCalls.OK;
    } catch (BackendException e) {
      return false;
    }
  }

  /** On a thread of its own, because neither answers to anything while a rank is missing. */
  private static int within(String what, Duration limit, IntSupplier call) {
    FutureTask<Integer> task = new FutureTask<>(call::getAsInt);
    Thread thread = new Thread(task, "longcat-mpi");
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    long until = System.nanoTime() + limit.toNanos();
    try {
      while (true) {
        try {
          return task.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (TimeoutException e) {
      throw new BackendException(
          what
              + " did not return within "
              + limit.toSeconds()
              + " s: a rank is missing, or the network between the hosts does not let MPI through",
          e);
    } catch (ExecutionException e) {
      throw new BackendException(what + " failed: " + e.getCause(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Zeroed memory that MPI may write to until it has ended. */
  static BytePointer slots(long bytes) {
    BytePointer memory = MpiCalls.slots(bytes);
    if (memory == null || memory.isNull()) {
      throw new BackendException("there are no " + bytes + " bytes of memory for partials");
    }
    return memory.capacity(bytes);
  }

  /** Frees slots, for which MPI must have ended; nobody reads or writes them any more. */
  static void free(BytePointer slots) {
    check("end", MpiCalls.free(slots, slots.capacity()));
    slots.setNull();
  }

  static void gather(long address, int stride, int[] counts, boolean toAll, Watch watch) {
    check("gather", MpiCalls.gather(address, stride, counts, counts.length, toAll ? 1 : 0));
    await(watch);
  }

  static void broadcast(long address, int bytes, Watch watch) {
    check("broadcast", MpiCalls.broadcast(address, bytes));
    await(watch);
  }

  private static void await(Watch watch) {
    int status = MpiCalls.poll(POLLS, IMPATIENT_POLLS);
    while (status == MpiCalls.PENDING) {
      watch.check();
      status = MpiCalls.poll(POLLS, 0);
    }
    check("collective", status);
  }

  private static void check(String what, int status) {
    if (status == MpiCalls.OK) {
      return;
    }
    ByteBuffer text = text();
    if (status > 0) {
      MpiCalls.error(status, text, TEXT_BYTES);
    }
    throw new BackendException(
        "MPI failed in a " + what + ": " + (status > 0 ? string(text) : "sizes do not fit"));
  }

  private static ByteBuffer text() {
    return ByteBuffer.allocateDirect(TEXT_BYTES);
  }

  private static String string(ByteBuffer text) {
    byte[] bytes = new byte[TEXT_BYTES];
    text.duplicate().clear().get(bytes);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
  }
}
