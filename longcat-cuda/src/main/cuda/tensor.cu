// Products of up to eight rows on tensor cores. Floor: the weight's bytes once. A block takes 16
// rows of a weight, each of its warps a run of the columns.
#include "faults.h"
#include "general.h"
#include "tensor.h"

namespace longcat::device {

// Inputs as terms: a block a row and slice. counted, if not null, holds how many rows there are.
KERNEL void LAUNCH_BOUNDS(256, 2)
    split_inputs(MatrixView x, TermsView into, i32 terms, i32 exponent, const i32* counted) {
  SHARED(u32, largest, 8);
  i64 row = block_index();
  if (counted != nullptr && row >= load(counted)) return;
  i32 slice = block_index_y();
  const float* from = x.data + row * x.stride + static_cast<i64>(slice) * into.columns;
  u32 magnitude = 0;
  for (i32 i = thread_index(); i < into.columns; i += 256) {
    u32 bits = float_to_bits(load(from + i)) & 0x7fffffffu;
    magnitude = bits > magnitude ? bits : magnitude;
  }
  TermScale scale = term_scale(largest_of_block(magnitude, largest), exponent);
  i64 place = row * into.slices + slice;
  u16* to = into.terms + place * terms * into.columns;
  for (i32 i = thread_index(); i < into.columns; i += 256) {
    float number = scale.finite ? load(from + i) * scale.half * scale.rest : 0.0f;
    for (i32 term = 0; term < terms; term++) {
      u16 bits = to_bf16(number);
      store(to + static_cast<i64>(term) * into.columns + i, bits);
      number -= from_bf16(bits);
    }
  }
  if (thread_index() == 0) store(into.factors + place, scale.factor);
}

// Inputs as E4M3 with a factor for every chunk, which a warp makes: a block a row and slice.
KERNEL void LAUNCH_BOUNDS(256, 2)
    quantise_inputs(MatrixView x, TermsView into, const i32* counted) {
  i64 row = block_index();
  if (counted != nullptr && row >= load(counted)) return;
  i32 slice = block_index_y();
  const float* from = x.data + row * x.stride + static_cast<i64>(slice) * into.columns;
  i64 place = (row * into.slices + slice) * (into.columns / kChunk);
  u32* codes = reinterpret_cast<u32*>(into.terms) + place * (kChunk / 4);
  for (i32 chunk = warp(); chunk < into.columns / kChunk; chunk += 8) {
    float numbers[4];
    u32 magnitude = 0;
    UNROLL
    for (int i = 0; i < 4; i++) {
      numbers[i] = load(from + chunk * kChunk + 4 * lane() + i);
      u32 bits = float_to_bits(numbers[i]) & 0x7fffffffu;
      magnitude = bits > magnitude ? bits : magnitude;
    }
    float scale = fp8_scale(max_lanes(magnitude));
    u32 word = 0;
    UNROLL
    for (int i = 0; i < 4; i++) {
      word |= static_cast<u32>(to_fp8(divide_f(numbers[i], scale))) << 8 * i;
    }
    store(codes + chunk * (kChunk / 4) + lane(), word);
    if (lane() == 0) store(into.factors + place + chunk, scale);
  }
}

// sums = a run of the columns for 16 rows of a weight.
template <int kFormat, int kTerms>
DEVICE void sum_run(const WeightView& w, i32 first_row, i32 slice, const TermsView& view, u32 x,
                    float sums[4]) {
  const Vector4* vectors = reinterpret_cast<const Vector4*>(view.terms);
  auto terms = [&](i32 column, Vector4* b) {
    if (x == kNoRow) return;
    UNROLL
    for (int term = 0; term < kTerms; term++) {
      b[term] = load(vectors + (x + static_cast<u32>(term * view.columns + column) / 8));
    }
  };
  WeightRows<kFormat> rows;
  rows.open(w, first_row, slice * view.columns);
  for (int i = 0; i < 4; i++) sums[i] = 0;
  Run columns = run_of(view.columns, warp());
  for (i32 column = columns.from; column < columns.to; column += kChunk) {
    if constexpr (kFormat == kFp8Both) {
      add_chunk_of_codes(rows, column, view, x, sums);
    } else {
      add_chunk<kFormat, kTerms>(rows, column, terms, sums);
    }
  }
}

// The runs of a result, [run][row of the input][16], added in order, times the factor of its row.
DEVICE float join_warps(const TensorJob& job, const TensorItem& item, const float* runs,
                        i32 place) {
  i32 count = run_count(job.x.columns);
  float sum = runs[place];
  for (i32 run = 1; run < count; run++) sum += runs[run * 128 + place];
  return sum * factor_of(job, item, place / 16);
}

template <int kFormat, int kTerms, bool kGated>
DEVICE void multiply_few(const TensorJob& job) {
  SHARED(float, runs, kRuns * 128);
  i64 items = item_count(job, 8, 16);
  for (i64 index = block_index(); index < items; index += block_count()) {
    TensorItem item = item_at(job, index, 8, 16);
    u32 x = vectors_of<kFormat, kTerms>(job, item, lane_row());
    float gate = 0;
    for (i32 pass = 0; pass < (kGated ? 2 : 1); pass++) {
      WeightView w = weight_of(job, item, kGated ? pass : job.which);
      float sums[4];
      sum_run<kFormat, kTerms>(w, weight_row(job, item), item.slice, job.x, x, sums);
      sync_block();
      UNROLL
      for (int i = 0; i < 4; i++) {
        constexpr i32 kApart = kFault == kSharedOverrun ? 132 : 128;
        runs[warp() * kApart + result_row(0, i) * 16 + result_output(i)] = sums[i];
      }
      sync_block();
      i32 place = thread_index();
      if (place / 16 >= item.count || item.output + place % 16 >= job.outputs) continue;
      float sum = join_warps(job, item, runs, place);
      if (kGated && pass == 0) {
        gate = sum;
      } else {
        put(job, item, place / 16, place % 16, kGated ? silu_times(gate, sum) : sum);
      }
    }
  }
}

#define TENSOR_KERNELS(name, format, terms)                                \
  KERNEL void LAUNCH_BOUNDS(256, 2) tensor_##name(TensorJob job) {         \
    multiply_few<format, terms, false>(job);                               \
  }                                                                        \
  KERNEL void LAUNCH_BOUNDS(256, 2) tensor_##name##_gated(TensorJob job) { \
    multiply_few<format, terms, true>(job);                                \
  }

TENSOR_KERNELS(bf16, kBf16, 3)
TENSOR_KERNELS(bf16_rounded, kBf16, 1)
TENSOR_KERNELS(fp8, kFp8, 3)
TENSOR_KERNELS(fp8_rounded, kFp8, 1)
TENSOR_KERNELS(fp8_both, kFp8Both, 1)
TENSOR_KERNELS(int8, kInt8, 3)
TENSOR_KERNELS(int4, kInt4, 3)

#undef TENSOR_KERNELS

}  // namespace longcat::device
