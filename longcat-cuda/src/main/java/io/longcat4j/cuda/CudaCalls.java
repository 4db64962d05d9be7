package io.longcat4j.cuda;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;
import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code longcat_cuda.h} and {@code nvrtc.h}, one to one: addresses are plain
 * numbers, and nothing is checked that the header does not promise to check. To be called through
 * {@link CudaContext}, after {@link CudaLibrary#load}.
 */
@Platform(
    include = {"longcat_cuda.h", "nvrtc.h"},
    library = "jnilongcat_cuda",
    compiler = "cpp17")
@NoException
final class CudaCalls {
  static final int OK = 0;
  static final int OUT_OF_MEMORY = -1;
  static final int MISFIT = -2;
  static final int FAILED = -3;

  private CudaCalls() {}

  @Name("longcat_cuda_machine_open")
  static native long machineOpen(int emulatedDevices, long bytesEach, int linked);

  @Name("longcat_cuda_machine_close")
  static native void machineClose(long machine);

  @Name("longcat_cuda_create")
  static native long create(long machine);

  @Name("longcat_cuda_device_count")
  static native int deviceCount(long backend);

  @Name("longcat_cuda_emulate")
  static native int emulate(@Cast("const int8_t*") byte[] settings, long length);

  @Name("longcat_cuda_facts")
  static native int facts(long backend, int device, @Cast("int64_t*") long[] facts, long count);

  @Name("longcat_cuda_device_name")
  static native int deviceName(
      long backend, int device, @Cast("int8_t*") byte[] name, long capacity);

  @Name("longcat_cuda_message")
  static native int message(long backend, @Cast("int8_t*") byte[] text, long capacity);

  @Name("longcat_cuda_open")
  static native int openDevice(
      long backend,
      int device,
      int numerics,
      long firstBytes,
      long mostBytes,
      @Nullable ByteBuffer image,
      long length);

  @Name("longcat_cuda_left_bytes")
  static native long leftBytes(long backend);

  @Name("longcat_cuda_arena_bytes")
  static native long arenaBytes(long backend);

  @Name("longcat_cuda_used_bytes")
  static native long usedBytes(long backend);

  @Name("longcat_cuda_traffic")
  static native int traffic(long backend, @Cast("int64_t*") long[] numbers, long count);

  @Name("longcat_cuda_close")
  static native void closeBackend(long backend);

  @Name("longcat_cuda_reach")
  static native int reach(long backend, int device);

  @Name("longcat_cuda_slot_open")
  static native long slotOpen(long backend, long bytes);

  @Name("longcat_cuda_slot_release")
  static native void slotRelease(long slot);

  @Name("longcat_cuda_slot_join")
  static native long slotJoin(long backend, long slot);

  @Name("longcat_cuda_slot_fill")
  static native int slotFill(long stream, long slot);

  @Name("longcat_cuda_slot_await")
  static native int slotAwait(long stream, long slot);

  @Name("longcat_cuda_allocate")
  static native long allocate(long backend, long bytes);

  @Name("longcat_cuda_free")
  static native int free(long backend, long address);

  @Name("longcat_cuda_share")
  static native long share(long backend, ByteBuffer memory, long bytes);

  @Name("longcat_cuda_unshare")
  static native int unshare(long backend, ByteBuffer memory);

  @Name("longcat_cuda_read_bytes")
  static native int readBytes(long backend, long from, ByteBuffer into, long bytes);

  @Name("longcat_cuda_write_bytes")
  static native int writeBytes(long backend, ByteBuffer from, long into, long bytes);

  @Name("longcat_cuda_row_bytes")
  static native long rowBytes(int format, long columns);

  @Name("longcat_cuda_weight_open")
  static native long weightOpen(
      long backend,
      int format,
      long rows,
      long columns,
      long blockRows,
      long blockColumns,
      long scaleColumns,
      int slices);

  @Name("longcat_cuda_weight_rows")
  static native int weightRows(
      long backend, long weight, long first, long rows, ByteBuffer bytes, long length);

  @Name("longcat_cuda_weight_factors")
  static native int weightFactors(
      long backend, long weight, long firstByte, ByteBuffer bytes, long length);

  @Name("longcat_cuda_experts_open")
  static native long expertsOpen(
      long backend, @Cast("const int64_t*") long[] weights, long count, int slices);

  @Name("longcat_cuda_stream_open")
  static native long streamOpen(long backend);

  @Name("longcat_cuda_synchronise")
  static native int synchronise(long stream);

  @Name("longcat_cuda_await")
  static native int await(long stream, long other);

  @Name("longcat_cuda_capture_begin")
  static native int captureBegin(long stream);

  @Name("longcat_cuda_capture_end")
  static native long captureEnd(long stream);

  @Name("longcat_cuda_graph_launch")
  static native int graphLaunch(long stream, long graph);

  @Name("longcat_cuda_graph_close")
  static native void graphClose(long backend, long graph);

  @Name("longcat_cuda_write")
  static native int write(
      long stream, ByteBuffer values, long length, long into, long rows, long columns, long stride);

  @Name("longcat_cuda_read")
  static native int read(
      long stream, ByteBuffer values, long length, long from, long rows, long columns, long stride);

  @Name("longcat_cuda_readout_open")
  static native long readoutOpen(long backend, long numbers);

  @Name("longcat_cuda_readout_fill")
  static native int readoutFill(
      long stream, long readout, long from, long rows, long columns, long stride);

  @Name("longcat_cuda_readout_copy")
  static native int readoutCopy(
      long backend, long readout, long first, long numbers, ByteBuffer into, long length);

  @Name("longcat_cuda_readout_close")
  static native void readoutClose(long backend, long readout);

  @Name("longcat_cuda_largest")
  static native int largest(
      long stream, long from, long rows, long columns, long stride, long memory, long readout);

  @Name("longcat_cuda_count_picks")
  static native int countPicks(
      long stream,
      long ids,
      long layers,
      long tokens,
      long topK,
      long firstZeroId,
      long memory,
      long readout);

  @Name("longcat_cuda_plan_open")
  static native long planOpen(long backend, long pagePositions, long pages);

  @Name("longcat_cuda_plan_begin")
  static native int planBegin(long plan);

  @Name("longcat_cuda_plan_span")
  static native int planSpan(
      long plan,
      @Const int[] pages,
      long length,
      long firstRow,
      long rows,
      long firstPosition,
      long topK);

  @Name("longcat_cuda_plan_send")
  static native int planSend(long stream, long plan);

  @Name("longcat_cuda_plan_shape")
  static native int planShape(long plan, @Cast("int64_t*") long[] shape, long count);

  @Name("longcat_cuda_plan_close")
  static native void planClose(long backend, long plan);

  @Name("longcat_cuda_zero")
  static native int zero(long stream, long into, long rows, long columns, long stride);

  @Name("longcat_cuda_copy")
  static native int copy(
      long stream,
      long from,
      long fromRowBytes,
      long into,
      long intoRowBytes,
      long rows,
      long columns,
      int format);

  @Name("longcat_cuda_add")
  static native int add(
      long stream, long from, long fromStride, long into, long intoStride, long rows, long columns);

  @Name("longcat_cuda_join")
  static native int join(
      long stream,
      @Cast("const int64_t*") long[] partials,
      long count,
      long into,
      long intoStride,
      long rows,
      long columns);

  @Name("longcat_cuda_add_embeddings")
  static native int addEmbeddings(
      long stream, long table, @Const int[] ids, long count, long into, long columns, long stride);

  @Name("longcat_cuda_add_vector")
  static native int addVector(
      long stream, long vector, long into, long rows, long columns, long stride);

  @Name("longcat_cuda_scatter")
  static native int scatter(
      long stream,
      long from,
      long fromStride,
      long rows,
      long plan,
      long into,
      long intoRows,
      long intoRowBytes,
      int intoFormat,
      long columns);

  @Name("longcat_cuda_rms_norm")
  static native int rmsNorm(
      long stream,
      long x,
      long xStride,
      long gain,
      float epsilon,
      float scale,
      long into,
      long intoStride,
      long rows,
      long columns);

  @Name("longcat_cuda_add_norm")
  static native int addNorm(
      long stream,
      long first,
      long firstStride,
      long second,
      long secondStride,
      long x,
      long xStride,
      long gain,
      float epsilon,
      float scale,
      long into,
      long intoStride,
      long rows,
      long columns);

  @Name("longcat_cuda_place")
  static native int place(
      long stream,
      long queries,
      long queryColumns,
      long queryStride,
      long heads,
      long from,
      long fromStride,
      long latent,
      long gain,
      float epsilon,
      float scale,
      long frequencies,
      long pairs,
      double magnitude,
      long rows,
      long plan,
      long into,
      long intoRows,
      long intoRowBytes,
      int intoFormat,
      long columns);

  @Name("longcat_cuda_rotate")
  static native int rotate(
      long stream,
      long x,
      long rows,
      long columns,
      long stride,
      long groups,
      long frequencies,
      long pairs,
      double magnitude,
      long plan);

  @Name("longcat_cuda_linear")
  static native int linear(
      long stream,
      long weight,
      long bias,
      long x,
      long xColumns,
      long xStride,
      long into,
      long intoColumns,
      long intoStride,
      long rows);

  @Name("longcat_cuda_gated_linear")
  static native int gatedLinear(
      long stream,
      long gate,
      long up,
      long x,
      long xColumns,
      long xStride,
      long into,
      long intoColumns,
      long intoStride,
      long rows);

  @Name("longcat_cuda_attention")
  static native int attention(
      long stream,
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
      long plan);

  @Name("longcat_cuda_linear_pair")
  static native int linearPair(
      long stream,
      long first,
      long firstBias,
      long firstInto,
      long firstStride,
      long second,
      long secondBias,
      long secondInto,
      long secondStride,
      long x,
      long xColumns,
      long xStride,
      long rows);

  @Name("longcat_cuda_norm_linear")
  static native int normLinear(
      long stream,
      long gain,
      float epsilon,
      float scale,
      long weight,
      long x,
      long xColumns,
      long xStride,
      long into,
      long intoColumns,
      long intoStride,
      long rows);

  @Name("longcat_cuda_place_and_attend")
  static native int placeAndAttend(
      long stream,
      long kvB,
      long heads,
      long nope,
      long rope,
      long latent,
      long value,
      float scoreScale,
      long queries,
      long queryStride,
      long from,
      long fromStride,
      long gain,
      float epsilon,
      float scale,
      long frequencies,
      long pairs,
      double magnitude,
      long cache,
      long cacheRows,
      long cacheRowBytes,
      int cacheFormat,
      long into,
      long intoStride,
      long rows,
      long plan);

  @Name("longcat_cuda_route_and_mix")
  static native int routeAndMix(
      long stream,
      long classifier,
      long bias,
      long correction,
      long topK,
      float factor,
      int normalise,
      long ids,
      long weights,
      long experts,
      long firstId,
      long firstZeroId,
      long x,
      long xStride,
      long into,
      long intoStride,
      long rows,
      long columns);

  @Name("longcat_cuda_route")
  static native int route(
      long stream,
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
      long weights);

  @Name("longcat_cuda_add_experts")
  static native int addExperts(
      long stream,
      long experts,
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

  @Name("longcat_cuda_mix_experts")
  static native int mixExperts(
      long stream,
      long experts,
      long firstId,
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

  @Name("longcat_cuda_zero_experts")
  static native int zeroExperts(
      long stream,
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

  @Name("longcat_cuda_measure")
  static native int measure(long stream, long bytes, long rounds, double[] figures, long count);

  @Name("longcat_nvrtc_create")
  static native long compilerCreate();

  @Name("longcat_nvrtc_open")
  static native int compilerOpen(
      long compiler,
      @Cast("const int8_t*") byte[] library,
      long length,
      @Cast("const int8_t*") byte[] builtins,
      long builtinsLength);

  @Name("longcat_nvrtc_version")
  static native int compilerVersion(long compiler);

  @Name("longcat_nvrtc_knows")
  static native int compilerKnows(long compiler, int capability);

  @Name("longcat_nvrtc_compile")
  static native long compile(
      long compiler,
      @Cast("const int8_t*") byte[] source,
      long length,
      @Cast("const int8_t*") byte[] options,
      long optionsLength,
      int machineCode);

  @Name("longcat_nvrtc_image")
  static native int compilerImage(long compiler, @Cast("int8_t*") byte[] into, long capacity);

  @Name("longcat_nvrtc_message")
  static native int compilerMessage(long compiler, @Cast("int8_t*") byte[] text, long capacity);

  @Name("longcat_nvrtc_close")
  static native void compilerClose(long compiler);
}
