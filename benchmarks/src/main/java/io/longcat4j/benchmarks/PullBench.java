package io.longcat4j.benchmarks;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.download.Checkpoints;
import io.longcat4j.download.Downloaded;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Measures a download from a hub on loopback against the disk: in turn, the same bytes are written
 * to as many files by as many threads and forced to the disk, and fetched, hashed and put there.
 * The hub runs in the same process, so that its work counts against the download. What is written
 * is deleted again. One run at a time, or they disturb each other.
 */
public final class PullBench {
  /** Of the disk's rate, by what this project asks of itself. */
  static final double BAR = 0.7;

  /**
   * What to measure.
   *
   * @param directory on the disk that is meant; a directory of its own is made in it and removed
   * @param bytes of all files together
   * @param files that they are shared out to
   * @param connections that fetch, and threads that write
   * @param repetitions of each, after one that warms up
   */
  public record Options(Path directory, long bytes, int files, int connections, int repetitions) {
    /** Every number is at least 1. */
    public Options {
      if (bytes < 1 || files < 1 || files > 1000 || repetitions < 1) {
        throw new InvalidRequestException(
            "%d bytes in %d files, %d times, cannot be measured; pass at least 1 of each, and at most"
                    .formatted(bytes, files, repetitions)
                + " 1000 files");
      }
      if (connections < 1 || connections > 32) {
        throw new InvalidRequestException(connections + " connections; pass 1 to 32");
      }
    }
  }

  /**
   * One turn.
   *
   * @param writeSeconds for writing alone
   * @param pullSeconds for the download
   * @param processorSeconds of all processors for the download, the hub's work included
   */
  record Turn(double writeSeconds, double pullSeconds, double processorSeconds) {
    /** Of the disk's rate. */
    double share() {
      return writeSeconds / pullSeconds;
    }
  }

  private final Options options;
  private final Consumer<String> progress;

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public PullBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @return figures and tables
   * @throws LongCatException if the directory cannot be written
   */
  public BenchReport run() {
    MadeFiles files = new MadeFiles(options.files, options.bytes);
    List<Turn> turns = new ArrayList<>();
    Path work = makeDirectory();
    try (LoopbackHub hub = LoopbackHub.open(files)) {
      progress.accept("a turn that warms up ...");
      turn(files, hub, work);
      for (int i = 0; i < options.repetitions; i++) {
        progress.accept("turn " + (i + 1) + " of " + options.repetitions + " ...");
        turns.add(turn(files, hub, work));
      }
      progress.accept("hashing ...");
      double hashSeconds = seconds(() -> files.sha256(0));
      return new PullReport(options, files.bytes(0) / hashSeconds, turns).report();
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      deleteQuietly(work);
    }
  }

  private Turn turn(MadeFiles files, LoopbackHub hub, Path work) throws IOException {
    double write = seconds(() -> write(files, Files.createDirectory(work.resolve("written"))));
    delete(work.resolve("written"));
    double before = processorSeconds();
    double pull = seconds(() -> pull(hub, work.resolve("pulled")));
    double processors = processorSeconds() - before;
    delete(work.resolve("pulled"));
    return new Turn(write, pull, processors);
  }

  private Path makeDirectory() {
    try {
      Files.createDirectories(options.directory);
      return Files.createTempDirectory(options.directory, "longcat-bench-pull-");
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private LongCatException unwritable(IOException e) {
    return new InvalidRequestException(
        options.directory + ": cannot be measured (" + e + "); name another --dir", e);
  }

  private void pull(LoopbackHub hub, Path directory) {
    Downloaded downloaded =
        Checkpoints.download(LoopbackHub.REPOSITORY)
            .endpoint(hub.address())
            .to(directory)
            .connections(options.connections)
            .run();
    if (downloaded.bytesReceived() != options.bytes) {
      throw new IllegalStateException(
          downloaded.bytesReceived() + " of " + options.bytes + " bytes came");
    }
  }

  private void write(MadeFiles files, Path directory) throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(options.connections);
    try {
      List<Future<?>> writing = new ArrayList<>();
      for (int i = 0; i < files.count(); i++) {
        int file = i;
        writing.add(
            pool.submit(
                () -> {
                  write(files, file, directory.resolve(MadeFiles.name(file)));
                  return null;
                }));
      }
      for (Future<?> one : writing) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      pool.shutdownNow();
    }
  }

  private static void write(MadeFiles files, int file, Path path) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      files.write(file, new Written(channel));
      channel.force(/* metaData= */ true);
    }
  }

  /** A channel as a stream that passes on what it gets as it is. */
  private static final class Written extends OutputStream {
    private final FileChannel channel;

    Written(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  /** Work that may fail. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  private static double seconds(Step step) throws IOException {
    long start = System.nanoTime();
    step.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double processorSeconds() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime() / 1e9
        : 0;
  }

  private static void delete(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(directory)) {
      all = new ArrayList<>(found.toList());
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      Files.delete(all.get(i));
    }
  }

  private static void deleteQuietly(Path directory) {
    try {
      delete(directory);
    } catch (IOException e) {
      // What went wrong before is told; this directory is named after what made it.
    }
  }
}
