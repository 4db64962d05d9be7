// Products of up to eight rows on tensor cores. Floor: the weight's bytes once. A block takes 16
// rows of a weight, each of its warps a run of the columns.
#include "faults.h"
#include "few_inputs.h"
#include "general.h"

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
    store(codes + chunk * (kChunk / 4) + lane(), quantised(numbers, scale));
    if (lane() == 0) store(into.factors + place + chunk, scale);
  }
}

// sums += some staged chunks for 16 rows of a weight.
template <int kFormat, int kTerms>
DEVICE void add_staged(const TensorJob& job, const TensorItem& item,
                       const WeightRows<kFormat>& rows, i32 first, i32 chunks, u8* room,
                       float sums[4]) {
  u8* own = lane_row() < item.count ? staged_row(job, room, lane_row()) : nullptr;
  ROLLED
  for (i32 chunk = 0; chunk < chunks; chunk++) {
    i32 column = first + chunk * kChunk;
    if constexpr (kFormat == kFp8Both) {
      auto codes = [&](int half) {
        i32 at = chunk * kChunk + pair_column<kFp8Both>(2 * half);
        return own == nullptr ? Vector4{} : *reinterpret_cast<const Vector4*>(own + at);
      };
      float factor = own == nullptr ? 0.0f : staged_factors(job, own)[chunk];
      add_chunk_of_codes(rows, column, codes, factor, sums);
    } else {
      auto terms = [&](i32 at, Vector4* b) {
        if (own == nullptr) return;
        UNROLL
        for (int term = 0; term < kTerms; term++) {
          i32 place = term * job.inputs.chunks * kChunk + at - first;
          b[term] = *reinterpret_cast<const Vector4*>(own + 2 * place);
        }
      };
      add_chunk<kFormat, kTerms>(rows, column, terms, sums);
    }
  }
}

// sums = a run of the columns of a slice for 16 rows of a weight.
template <int kFormat, int kTerms, bool kGated>
DEVICE void sum_run(const TensorJob& job, const TensorItem& item, const FewInputs& known,
                    const WeightView& w, i32 slice, i32 run, u8* room, float sums[4]) {
  WeightRows<kFormat> rows;
  rows.open(w, weight_row(job, item), (item.slice + slice) * job.x.columns);
  for (int i = 0; i < 4; i++) sums[i] = 0;
  Run columns = run_of(job.x.columns, run);
  i32 most = job.inputs.chunks * kChunk;
  ROLLED
  for (i32 column = columns.from; column < columns.to; column += most) {
    i32 chunks = least(most, columns.to - column) / kChunk;
    sync_warp();
    if constexpr (kFormat == kFp8Both) {
      stage_codes<kGated>(job, item, known, slice, column, chunks, room);
    } else {
      stage_terms<kTerms, kGated>(job, item, known, slice, column, chunks, room);
    }
    sync_warp();
    add_staged<kFormat, kTerms>(job, item, rows, column, chunks, room, sums);
  }
}

// The runs of a slice of a result, [run][row of the input][16], added in order, times the factor of
// its row.
template <int kFormat>
DEVICE float join_warps(const TensorJob& job, const FewInputs& known, const float* runs, i32 row,
                        i32 slice) {
  i32 count = run_count(job.x.columns);
  float sum = runs[0];
  for (i32 run = 1; run < count; run++) sum += runs[run * 128];
  if constexpr (kFormat == kFp8Both) return sum;
  return sum * term_scale(known.largest[row][slice], job.inputs.exponent).factor;
}

// The slices of a result that a block has, joined where they lie.
template <int kFormat>
DEVICE float join_block(const TensorJob& job, const FewInputs& known, float* runs, i32 place) {
  i32 count = run_count(job.x.columns);
  return join_tree(job.joined != 0 ? job.x.slices : 1, runs + place, 128, [&](i32 slice) {
    return join_warps<kFormat>(job, known, runs + slice * count * 128 + place, place / 16, slice);
  });
}

DEVICE void put_few(const TensorJob& job, const TensorItem& item, i32 row, i32 output, float sum) {
  if (item.second == 0) {
    put(job, item, row, output, sum);
    return;
  }
  i32 at = item.output + output;
  if (job.second.bias.data != nullptr) sum += weight_number(job.second.bias, 0, at);
  store(job.second.into + (item.first + row) * job.second.stride + at, sum);
}

// Each warp takes a run of a slice, and another one, until all are summed.
template <int kFormat, int kTerms, bool kGated>
DEVICE void multiply_few(const TensorJob& job) {
  SHARED(FewInputs, known, 1);
  SHARED(TensorItem, current, 1);  // there rather than in registers
  i32 count = run_count(job.x.columns);
  i32 all = count * (job.joined != 0 ? job.x.slices : 1);
  auto* runs = reinterpret_cast<float*>(dynamic_shared());
  u8* room = dynamic_shared() + all * 128 * static_cast<i32>(sizeof(float)) +
             warp() * job.inputs.rows * job.inputs.pitch;
  i64 items = item_count<true>(job, 8, 16);
  for (i64 index = block_index(); index < items; index += block_count()) {
    sync_block();
    if (thread_index() == 0) current[0] = item_at<true>(job, index, 8, 16);
    sync_block();
    const TensorItem& item = current[0];
    measure_inputs<kFormat, kGated>(job, item, known[0]);
    float gate = 0;
    ROLLED
    for (i32 pass = 0; pass < (kGated ? 2 : 1); pass++) {
      WeightView w = weight_of(job, item, kGated ? pass : item.second != 0 ? 1 : job.which);
      if (pass > 0) sync_block();
      ROLLED
      for (i32 part = warp(); part < all; part += 8) {
        float sums[4];
        sum_run<kFormat, kTerms, kGated>(job, item, known[0], w, part / count, part % count, room, sums);
        UNROLL
        for (int i = 0; i < 4; i++) {
          constexpr i32 kApart = kFault == kSharedOverrun ? 132 : 128;
          runs[part * kApart + result_row(0, i) * 16 + result_output(i)] = sums[i];
        }
      }
      sync_block();
      i32 place = thread_index();
      i32 outputs = item.second != 0 ? job.second.outputs : job.outputs;
      if (place / 16 >= item.count || item.output + place % 16 >= outputs) continue;
      float sum = join_block<kFormat>(job, known[0], runs, place);
      if (kGated && pass == 0) {
        gate = sum;
      } else {
        put_few(job, item, place / 16, place % 16, kGated ? silu_times(gate, sum) : sum);
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
