package io.longcat4j.compute.cpu;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.CriticalRegion;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * The functions of {@code longcat_cpu.h}, one to one: addresses are plain numbers, and nothing is
 * checked that the header does not promise to check. To be called through {@link CpuContext}, after
 * {@link NativeLibrary#load}.
 */
@Platform(include = "longcat_cpu.h", library = "jnilongcat_cpu", compiler = "cpp17")
@NoException
final class CpuKernels {
  static final int OK = 0;
  static final int OUT_OF_MEMORY = -1;
  static final int MISFIT = -2;
  static final int REFUSED = -3;

  private CpuKernels() {}

  @Name("longcat_supports")
  static native int supports(int instructionSet);

  @Name("longcat_product_rate")
  static native double productRate(int instructionSet, int ofUnit, long rounds);

  @Name("longcat_context_open")
  static native long contextOpen(int instructionSet, int numerics, int threads, int pinned);

  @Name("longcat_context_cpu")
  static native int contextCpu(long context, int thread);

  @Name("longcat_usable_cpus")
  static native int usableCpus(int[] cpus, long capacity);

  @Name("longcat_bind_caller")
  static native int bindCaller(@Const int[] cpus, long count);

  @Name("longcat_context_close")
  static native void contextClose(long context);

  @Name("longcat_allocate")
  static native long allocate(long bytes);

  @Name("longcat_free")
  static native void free(long address);

  @Name("longcat_address")
  static native long addressOf(ByteBuffer bytes);

  @Name("longcat_page_bytes")
  static native long pageBytes();

  @Name("longcat_pages_read_ahead")
  static native int pagesReadAhead(long address, long bytes);

  @Name("longcat_pages_touch")
  static native int pagesTouch(long address, long bytes);

  @Name("longcat_pages_lock")
  static native int pagesLock(long address, long bytes);

  @Name("longcat_pages_unlock")
  static native int pagesUnlock(long address, long bytes);

  @Name("longcat_lock_limit")
  static native long lockLimit();

  @Name("longcat_pages_huge")
  static native int pagesHuge(long address, long bytes);

  @Name("longcat_pages_release")
  static native int pagesRelease(long address, long bytes);

  @Name("longcat_weight_open")
  static native long weightOpen(
      int format,
      long rows,
      long columns,
      long segmentRows,
      long segments,
      long blockRows,
      long blockColumns,
      long slices);

  @Name("longcat_weight_segment")
  static native int weightSegment(long weight, long segment, ByteBuffer bytes, long length);

  @Name("longcat_weight_scales")
  @CriticalRegion
  static native int weightScales(
      long weight, @Const float[] scales, long from, long count, long length);

  @Name("longcat_weight_blocks")
  static native int weightBlocks(long weight, ByteBuffer factors, long length);

  @Name("longcat_weight_groups")
  static native int weightGroups(long weight, long segment, ByteBuffer factors, long length);

  @Name("longcat_weight_columns")
  static native int weightColumns(
      long weight, long row, ByteBuffer bytes, long length, long rowBytes, long from);

  @Name("longcat_weight_close")
  static native void weightClose(long weight);

  @Name("longcat_write")
  @CriticalRegion
  static native int write(
      @Const float[] values,
      long length,
      long offset,
      long into,
      long rows,
      long columns,
      long stride);

  @Name("longcat_write_bytes")
  static native int writeBytes(
      ByteBuffer values, long length, long offset, long into, long rows, long columns, long stride);

  @Name("longcat_read")
  @CriticalRegion
  static native int read(
      float[] values, long length, long offset, long from, long rows, long columns, long stride);

  @Name("longcat_read_ints")
  @CriticalRegion
  static native int readInts(int[] values, long length, long from, long count);

  @Name("longcat_put_ints")
  @CriticalRegion
  static native int putInts(@Const int[] values, long count, long into, long offset, long capacity);

  @Name("longcat_put_longs")
  @CriticalRegion
  static native int putLongs(
      @Cast("const int64_t*") long[] values, long count, long into, long offset, long capacity);

  @Name("longcat_put_doubles")
  @CriticalRegion
  static native int putDoubles(
      @Const double[] values, long count, long into, long offset, long capacity);

  @Name("longcat_zero")
  static native int zero(long context, long into, long rows, long columns, long stride);

  @Name("longcat_copy")
  static native int copy(
      long context,
      long from,
      long fromRowBytes,
      long into,
      long intoRowBytes,
      long rows,
      long bytes);

  @Name("longcat_add")
  static native int add(
      long context,
      long from,
      long fromStride,
      long into,
      long intoStride,
      long rows,
      long columns);

  @Name("longcat_join")
  static native int join(
      long context,
      long partials,
      long strides,
      long count,
      long into,
      long intoStride,
      long rows,
      long columns);

  @Name("longcat_plan_bytes")
  static native long planBytes(long rows, long entries);

  @Name("longcat_plan_begin")
  static native int planBegin(long plan, long rows, long entries, long pagePositions, long pages);

  @Name("longcat_plan_span")
  @CriticalRegion
  static native int planSpan(
      long plan,
      @Const int[] pages,
      long length,
      long firstRow,
      long rows,
      long firstPosition,
      long positions,
      double share,
      long densePrefix,
      int choice,
      int shared,
      long sinks,
      long recent);

  @Name("longcat_scatter")
  static native int scatter(
      long context,
      long from,
      long fromStride,
      long rows,
      long plan,
      long into,
      long intoRows,
      long intoRowBytes,
      int intoFormat,
      long columns);

  @Name("longcat_add_embeddings")
  static native int addEmbeddings(
      long context, long table, long ids, long idCount, long into, long columns, long stride);

  @Name("longcat_rms_norm")
  static native int rmsNorm(
      long context,
      long x,
      long xStride,
      long gain,
      float epsilon,
      float scale,
      long into,
      long intoStride,
      long rows,
      long columns);

  @Name("longcat_rotate")
  static native int rotate(
      long context,
      long x,
      long rows,
      long columns,
      long stride,
      long groups,
      long frequencies,
      long pairs,
      double magnitude,
      long plan);

  @Name("longcat_linear")
  static native int linear(
      long context,
      long weight,
      long bias,
      long x,
      long xColumns,
      long xStride,
      long into,
      long intoColumns,
      long intoStride,
      long rows);

  @Name("longcat_gated_linear")
  static native int gatedLinear(
      long context,
      long gate,
      long up,
      long x,
      long xColumns,
      long xStride,
      long into,
      long intoColumns,
      long intoStride,
      long rows);

  @Name("longcat_attention")
  static native int attention(
      long context,
      long kvB,
      long heads,
      long nope,
      long rope,
      long latent,
      long value,
      float scale,
      long queries,
      long queryStride,
      long cache,
      long cacheRows,
      long cacheRowBytes,
      int cacheFormat,
      long into,
      long intoStride,
      long rows,
      long plan,
      long index,
      long indexBytes,
      int choice,
      int measured);

  @Name("longcat_index")
  static native int index(
      long context,
      long cache,
      long cacheRows,
      long cacheRowBytes,
      int cacheFormat,
      long rows,
      long plan,
      long index,
      long indexBytes,
      int choice,
      long latent,
      long rope);

  @Name("longcat_route")
  static native int route(
      long context,
      long classifier,
      long bias,
      long correction,
      long x,
      long xColumns,
      long xStride,
      long rows,
      long topK,
      float factor,
      int normalise,
      long ids,
      long weights,
      long capacity);

  @Name("longcat_begin_experts")
  static native int beginExperts(
      long context,
      long experts,
      long expertCount,
      long slices,
      long firstId,
      long ids,
      long weights,
      long topK,
      long x,
      long xStride,
      long into,
      long intoStride,
      long rows,
      long columns);

  @Name("longcat_end_experts")
  static native int endExperts(long context);

  @Name("longcat_zero_experts")
  static native int zeroExperts(
      long context,
      long firstZeroId,
      long ids,
      long weights,
      long topK,
      long x,
      long xStride,
      long into,
      long intoStride,
      long rows,
      long columns);
}
