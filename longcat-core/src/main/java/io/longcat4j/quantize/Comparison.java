package io.longcat4j.quantize;

import io.longcat4j.CheckpointException;
import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Parallel;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.model.RankedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs two checkpoints, or one in two ways, over the same prompts. One is loaded after the other,
 * because two of this size seldom fit side by side; the logits of the first wait in a temporary
 * file.
 */
public final class Comparison {
  private final Function<Checkpoint, RankedModel> ofFirst;
  private final Function<Checkpoint, RankedModel> ofSecond;

  private Comparison(
      Function<Checkpoint, RankedModel> ofFirst, Function<Checkpoint, RankedModel> ofSecond) {
    this.ofFirst = ofFirst;
    this.ofSecond = ofSecond;
  }

  /**
   * Chooses where to compute.
   *
   * @param backends opens a backend for each checkpoint, which is closed after its use
   */
  public Comparison(Supplier<ComputeBackend> backends) {
    this(backends, backends);
  }

  /**
   * Chooses where to compute each, such as in other numerics.
   *
   * @param ofFirst opens the backend of the one that is right, which is closed after its use
   * @param ofSecond the same for the one to be judged
   */
  public Comparison(Supplier<ComputeBackend> ofFirst, Supplier<ComputeBackend> ofSecond) {
    this(onOneRank(ofFirst), onOneRank(ofSecond));
  }

  /**
   * Spreads each checkpoint over ranks of this process.
   *
   * @param backends opens one for each rank of each checkpoint
   * @param request how, with the threads of all ranks together
   * @param parallel one rank, or several that are threads
   * @param experts how they share experts
   * @return compares over them
   * @throws InvalidRequestException if ranks are processes, which would all write and compare
   */
  public static Comparison over(
      Function<BackendRequest, ComputeBackend> backends,
      BackendRequest request,
      Parallel parallel,
      Experts experts) {
    if (parallel.kind() != Parallel.Kind.SINGLE && parallel.kind() != Parallel.Kind.LOCAL) {
      throw new InvalidRequestException(
          "checkpoints are compared over ranks that are threads of one process, not "
              + parallel.kind().name().toLowerCase(Locale.ROOT)
              + "; use local ranks (--ranks N), or compare no checkpoints");
    }
    Function<Checkpoint, RankedModel> open =
        checkpoint -> RankedModel.open(checkpoint, backends, request, parallel, experts);
    return new Comparison(open, open);
  }

  private static Function<Checkpoint, RankedModel> onOneRank(Supplier<ComputeBackend> backends) {
    return checkpoint ->
        RankedModel.open(checkpoint, backends, 1, Experts.AUTO, /* drafts= */ false);
  }

  /**
   * Compares the distributions after every token of every prompt.
   *
   * @param first the one that is right
   * @param second the one to be judged
   * @param prompts token ids, at least one in each
   * @return how far they are apart
   * @throws InvalidRequestException if their vocabularies differ, or a prompt has an id outside it
   */
  public Divergence run(Checkpoint first, Checkpoint second, List<int[]> prompts) {
    int vocabulary = first.model().vocabSize();
    if (second.model().vocabSize() != vocabulary) {
      throw new InvalidRequestException(
          second.directory()
              + ": has "
              + second.model().vocabSize()
              + " tokens, "
              + first.directory()
              + " has "
              + vocabulary
              + "; compare checkpoints of one model");
    }
    try {
      Path file = Files.createTempFile("longcat-logits", ".f32");
      try (FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE)) {
        record(first, prompts, channel);
        channel.position(0);
        return compare(second, prompts, channel);
      }
    } catch (UncheckedIOException e) {
      throw failed(new IOException(e));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void record(Checkpoint checkpoint, List<int[]> prompts, FileChannel into) {
    try (PromptLogits logits = new PromptLogits(ofFirst.apply(checkpoint))) {
      logits.forEach(prompts, row -> write(row, into));
    }
  }

  private Divergence compare(Checkpoint checkpoint, List<int[]> prompts, FileChannel expected) {
    Divergence.Sum sum = new Divergence.Sum();
    try (PromptLogits logits = new PromptLogits(ofSecond.apply(checkpoint))) {
      logits.forEach(prompts, row -> sum.add(read(row.length, expected), row));
    }
    return sum.result();
  }

  private static void write(float[] row, FileChannel into) {
    ByteBuffer bytes = buffer(row.length);
    bytes.asFloatBuffer().put(row);
    try {
      while (bytes.hasRemaining()) {
        into.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static float[] read(int length, FileChannel from) {
    ByteBuffer bytes = buffer(length);
    try {
      while (bytes.hasRemaining()) {
        if (from.read(bytes) < 0) {
          throw new IOException("the file of logits was cut");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    float[] row = new float[length];
    bytes.flip().asFloatBuffer().get(row);
    return row;
  }

  private static ByteBuffer buffer(int floats) {
    return ByteBuffer.allocate(Math.multiplyExact(floats, Float.BYTES))
        .order(ByteOrder.nativeOrder());
  }

  private static CheckpointException failed(IOException e) {
    return new CheckpointException(
        System.getProperty("java.io.tmpdir")
            + ": cannot hold the logits to be compared ("
            + e
            + "); name a directory with more room with -Djava.io.tmpdir=DIR",
        e);
  }
}
