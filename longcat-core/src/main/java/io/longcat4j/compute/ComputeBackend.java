package io.longcat4j.compute;

import io.longcat4j.LoadingListener;
import io.longcat4j.WeightMemory;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.WeightScales;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A place to compute: it makes tensors, takes in weights and opens streams.
 *
 * <p>Tensors, weights and streams of one backend must not meet those of another. Making and taking
 * in are thread-safe; closing frees everything the backend made, and later use of it throws {@link
 * io.longcat4j.BackendException}, never more.
 */
public interface ComputeBackend extends AutoCloseable {
  /**
   * Its name, as in {@link io.longcat4j.Backend#name()}.
   *
   * @return such as {@code cpu}
   */
  String name();

  /**
   * What it is and why it was chosen: instruction set, threads.
   *
   * @return one line
   */
  String describe();

  /**
   * What decides the last bits of its results. Ranks compute much of a model each for itself,
   * router included, so that all of them must have the same.
   *
   * @return one line without its end, in ASCII
   */
  default String arithmetic() {
    return name();
  }

  /**
   * Rows of a pass in which prompts are computed best. Buffers of a model are made for as many, so
   * that more of them take more memory. All ranks of a model have the same.
   *
   * @return at least 1
   */
  default int likedRows() {
    return 512;
  }

  /**
   * A matrix of zeros.
   *
   * @param rows at least 0
   * @param columns at least 1
   * @return a tensor owned by the caller, to be closed
   */
  default Tensor allocate(int rows, int columns) {
    return allocate(rows, columns, RowFormat.F32);
  }

  /**
   * A matrix of zeros whose rows are kept as asked.
   *
   * @param rows at least 0
   * @param columns at least 1
   * @param format how rows that are scattered into it are kept
   * @return a tensor owned by the caller, to be closed
   */
  Tensor allocate(int rows, int columns, RowFormat format);

  /**
   * A matrix in memory of somebody else, such as memory that several backends see. Whoever shares
   * it orders what each of them does; nothing else is locked.
   *
   * @param memory direct, in the order of the machine; its bytes from the position on are the rows,
   *     one behind the other, in F32. Held until the tensor is closed or unreachable
   * @param rows at least 0
   * @param columns at least 1
   * @return a tensor owned by the caller, to be closed; what lies in the memory stays
   * @throws IllegalArgumentException if the memory is not direct, is in another order, does not
   *     begin at a multiple of 4 bytes, or is too small
   */
  Tensor over(ByteBuffer memory, int rows, int columns);

  /**
   * Takes in a weight whose columns are summed as one.
   *
   * @param weight as for {@link #load(ScaledTensor, int)}
   * @return the weight, alive as long as the backend
   * @throws io.longcat4j.CheckpointException if the format or the shape of the scales does not fit
   */
  default Weight load(ScaledTensor weight) {
    return load(weight, 1);
  }

  /**
   * Takes in a weight, in the format it has on disk; F64 is rounded to F32, in memory of its own.
   *
   * <p>{@link Stream#linear} and, with the down weights of experts, {@link Stream#addExperts} sum
   * each slice of the columns for itself, in the order of additions of a weight that has these
   * columns alone, and join the sums in F32 by a binary tree: {@code ((s0 + s1) + (s2 + s3)) +
   * ...}. So whoever holds some neighbouring slices, as many as a power of two, computes a part of
   * the tree, bit for bit. Other operations take one slice only.
   *
   * @param weight a matrix {@code [rows, columns]} or a vector {@code [columns]}, of F64, F32,
   *     BF16, F16, F8_E4M3 with scales of blocks, or I8 or U8 with scales of groups
   * @param slices equal runs of columns, a power of two; each an even number of columns for U8
   * @return the weight, alive as long as the backend
   * @throws io.longcat4j.CheckpointException if the format, the shape of the scales or the number
   *     of slices does not fit
   */
  Weight load(ScaledTensor weight, int slices);

  /**
   * Tells of the bytes of weights while they are taken in, where that copies them: on the thread
   * that loads, some megabytes at a time. Weights that stay where they are, are not told of.
   *
   * @param heard receives the number of bytes that were taken since it was last called; what it
   *     throws ends the loading of the weight
   */
  default void onTaken(LongConsumer heard) {}

  /**
   * Takes in a weight without scales.
   *
   * @param values of F32, BF16 or F16
   * @return the weight
   */
  default Weight load(StoredTensor values) {
    return load(new ScaledTensor(values, WeightScales.none()));
  }

  /**
   * Brings the weights that were taken in so far into memory, as the application wants it. Called
   * once. A backend that leaves its weights to the system does nothing.
   *
   * @param wanted when they shall come, and whether they shall stay
   * @param listener hears of the bytes, in the phase {@code WEIGHTS}, where this waits for them
   * @throws io.longcat4j.LoadingAbortedException if the listener aborts
   */
  default void settle(WeightMemory wanted, LoadingListener listener) {}

  /**
   * Where the weights are: bytes mapped, read, locked, in huge pages, and why.
   *
   * @return one line
   */
  default String describeWeights() {
    return "left to the operating system";
  }

  /**
   * Where the weights of experts are taken in and grouped; {@link Stream#addExperts} of this takes
   * the groups.
   *
   * @return this, unless experts lie elsewhere; owned by this
   */
  default ComputeBackend forExperts() {
    return this;
  }

  /**
   * Groups the weights of a layer's experts, which are summed as one.
   *
   * @param experts in order of their ids
   * @return the group
   */
  default ExpertGroup experts(List<Expert> experts) {
    return experts(experts, 1);
  }

  /**
   * Groups the weights of a layer's experts. {@link Stream#addExperts} sums each slice of them for
   * itself, in order of ids, the first one from what is there on, and joins the sums in F32 by a
   * binary tree, as products join slices of columns. Experts whose down weights have slices are
   * summed that way instead, slice after slice of the width: not both.
   *
   * @param experts in order of their ids; all their down weights in the same number of slices, gate
   *     and up in one
   * @param slices equal runs of experts, a power of two; 1 where there are none
   * @return the group
   * @throws IllegalArgumentException if shapes or slices do not fit
   */
  ExpertGroup experts(List<Expert> experts, int slices);

  /**
   * Space for a router's picks.
   *
   * @param rows upper bound of the tokens
   * @param topK picks of each
   * @return empty picks, owned by the caller, to be closed
   */
  Routing allocateRouting(int rows, int topK);

  /**
   * Space for plans of passes over a cache of pages.
   *
   * @param pagePositions positions of a page, a power of two
   * @param pages of the cache, which has {@code pages * pagePositions} slots
   * @return an empty plan, owned by the caller, to be closed
   */
  RowPlan allocatePlan(int pagePositions, int pages);

  /**
   * Why attention cannot be computed here as a policy asks.
   *
   * @param policy of the rows of any pass
   * @return one sentence without its end, or empty where it can
   */
  default Optional<String> refusal(AttentionPolicy policy) {
    return policy instanceof AttentionPolicy.Dense || policy.isPlainTopK()
        ? Optional.empty()
        : Optional.of(
            name() + " keeps all positions or a number of those with the highest scores, exactly");
  }

  /**
   * Space for the index of a cache.
   *
   * @param shape kind and sizes
   * @return zeros, owned by the caller, to be closed
   * @throws UnsupportedOperationException if it has none: see {@link #refusal}
   */
  default KeyIndex allocateIndex(IndexShape shape) {
    throw new UnsupportedOperationException(name() + " has no index of keys");
  }

  /**
   * Space for numbers on their way to the host.
   *
   * @param rows most rows
   * @param columns most columns
   * @return an empty block, owned by the caller, to be closed
   */
  Readout allocateReadout(int rows, int columns);

  /**
   * Space for whole numbers on their way to the host.
   *
   * @param most how many at most
   * @return none yet, owned by the caller, to be closed
   */
  default Integers allocateIntegers(int most) {
    return new HostIntegers(this, most);
  }

  /**
   * Opens a stream of operations.
   *
   * @return the stream, alive as long as the backend; used by one thread at a time
   */
  Stream openStream();

  /**
   * Whether tensors and weights lie in memory of a device, not of the host.
   *
   * @return true for GPUs
   */
  default boolean hasOwnMemory() {
    return false;
  }

  /**
   * Lets streams of this backend read slots of another from now on, where its device is linked to
   * that one's. Backends that compute in memory of the host see the same memory anyway, and have no
   * slots.
   *
   * @param other of another rank in this process, or this
   * @return whether they can
   */
  default boolean reaches(ComputeBackend other) {
    return false;
  }

  /**
   * Memory that others may read.
   *
   * @param floats how many numbers
   * @return a slot
   * @throws UnsupportedOperationException if this does not even reach itself
   */
  default PeerSlot openSlot(int floats) {
    throw new UnsupportedOperationException(name() + " has no memory of its own");
  }

  /**
   * Measures what a device with memory of its own does at best, which takes a moment.
   *
   * @return empty for a backend that computes on the processor
   */
  default Optional<DeviceFloors> measureFloors() {
    return Optional.empty();
  }

  /** Frees everything; idempotent. */
  @Override
  void close();
}
