// What the heads of a few rows gathered, merged from their stretches, cut into terms and expanded in
// one kernel; the numbers are those of merge_stretches, split_inputs and the products on tensor
// cores. Floor: the values' weights and the parts once.
#include "attention.h"
#include "tensor.h"

namespace longcat::device {

// The dynamic shared memory: terms as [row][term][latent] and padding, then what is merged.
template <int kFormat, int kTerms>
struct MergedRows {
  // So that lanes which read at once meet different banks.
  static constexpr i32 kPadding = kFormat == kFp8 ? 8 : 32;

  DEVICE explicit MergedRows(i32 latent)
      : pitch(kTerms * latent + kPadding),
        terms(reinterpret_cast<u16*>(dynamic_shared())),
        mixed(reinterpret_cast<float*>(terms + kMergedRows * pitch)) {}

  i32 pitch;
  u16* terms;
  float* mixed;
};

// The terms of a row of the input, and the factor of what comes out.
template <int kTerms>
DEVICE float cut_row(const float* mixed, i32 latent, i32 exponent, u32* of_warps, u16* into) {
  u32 magnitude = 0;
  for (i32 i = thread_index(); i < latent; i += kMergeThreads) {
    u32 bits = float_to_bits(mixed[i]) & 0x7fffffffu;
    magnitude = bits > magnitude ? bits : magnitude;
  }
  TermScale scale = term_scale(largest_of_block(magnitude, of_warps), exponent);
  for (i32 i = thread_index(); i < latent; i += kMergeThreads) {
    float number = scale.finite ? mixed[i] * scale.half * scale.rest : 0.0f;
    UNROLL
    for (int term = 0; term < kTerms; term++) {
      u16 bits = to_bf16(number);
      into[term * latent + i] = bits;
      number -= from_bf16(bits);
    }
  }
  return scale.factor;
}

// totals = the runs of all columns for 16 rows of a weight, added in order.
template <int kFormat, int kTerms>
DEVICE void expand_rows(const WeightView& w, i32 first_row, i32 count,
                        const MergedRows<kFormat, kTerms>& merged, float totals[4]) {
  i32 columns = static_cast<i32>(w.columns);
  const u16* own = merged.terms + lane_row() * merged.pitch;
  auto terms = [&](i32 column, Vector4* b) {
    if (lane_row() >= count) return;
    UNROLL
    for (int term = 0; term < kTerms; term++) {
      b[term] = *reinterpret_cast<const Vector4*>(own + term * columns + column);
    }
  };
  WeightRows<kFormat> rows;
  rows.open(w, first_row, 0);
  for (i32 run = 0; run < run_count(columns); run++) {
    float sums[4] = {};
    Run part = run_of(columns, run);
    for (i32 column = part.from; column < part.to; column += kChunk) {
      add_chunk<kFormat, kTerms>(rows, column, terms, sums);
    }
    UNROLL
    for (int i = 0; i < 4; i++) totals[i] = run == 0 ? sums[i] : totals[i] + sums[i];
  }
}

template <int kFormat, int kTerms>
DEVICE void expand_merged(const PlanView& plan, const HeadsView& heads, const AttentionRows& rows,
                          const float* partials, i32 stretches, const Cuts& cuts,
                          const WeightView& kv_b, i32 exponent, const MatrixView& into) {
  SHARED(float, factors, kMergeThreads);
  SHARED(u32, of_warps, kMergeThreads / 32);
  SHARED(float, scales, kMergedRows);
  MergedRows<kFormat, kTerms> merged(heads.latent);
  i32 blocks = (heads.value + kMergedOutputs - 1) / kMergedOutputs;
  i32 head = block_index() / blocks;
  for (i32 r = 0; r < rows.count; r++) {
    PlannedRow row = load(plan.rows + rows.first + r);
    i64 query = static_cast<i64>(r) * heads.heads + head;
    Parts parts = parts_of(row, heads, cuts, partials + query * stretches * (heads.latent + 2));
    for (i32 column = thread_index(); column < heads.latent; column += kMergeThreads) {
      merged.mixed[column] = merged_number(parts, column, factors);
    }
    float scale = cut_row<kTerms>(merged.mixed, heads.latent, exponent, of_warps,
                                  merged.terms + r * merged.pitch);
    if (thread_index() == 0) scales[r] = scale;
  }
  sync_block();
  i32 output = block_index() % blocks * kMergedOutputs + 16 * warp();
  if (output >= heads.value) return;
  float totals[4];
  i32 first = head * (heads.nope + heads.value) + heads.nope + output;
  expand_rows<kFormat, kTerms>(kv_b, first, rows.count, merged, totals);
  UNROLL
  for (int i = 0; i < 4; i++) {
    i32 row = result_row(0, i);
    i32 place = output + result_output(i);
    if (row >= rows.count || place >= heads.value) continue;
    store(into.data + (rows.first + row) * into.stride + static_cast<i64>(head) * heads.value +
              place,
          totals[i] * scales[row]);
  }
}

#define MERGE_KERNEL(name, format, terms)                                                        \
  KERNEL void LAUNCH_BOUNDS(128, 4) merge_##name(                                                \
      PlanView plan, HeadsView heads, AttentionRows rows, const float* partials, i32 stretches,   \
      Cuts cuts, WeightView kv_b, i32 exponent, MatrixView into) {                                \
    expand_merged<format, terms>(plan, heads, rows, partials, stretches, cuts, kv_b, exponent,    \
                                 into);                                                           \
  }

MERGE_KERNEL(bf16, kBf16, 3)
MERGE_KERNEL(bf16_rounded, kBf16, 1)
MERGE_KERNEL(fp8, kFp8, 3)
MERGE_KERNEL(fp8_rounded, kFp8, 1)
MERGE_KERNEL(int8, kInt8, 3)
MERGE_KERNEL(int4, kInt4, 3)

#undef MERGE_KERNEL

}  // namespace longcat::device
