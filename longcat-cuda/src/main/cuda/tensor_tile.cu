// Products of many rows on tensor cores. A block takes 8 warps' rows of a weight, which go from
// memory into registers once, by some rows of the input, which all warps share. Floor for up to a
// tile's rows: the weight's bytes once; beyond, the tensor cores.
#include "faults.h"
#include "general.h"
#include "tensor_items.h"

namespace longcat::device {

// Vectors of a chunk of a term of an input row.
template <int kFormat>
constexpr i32 kRowVectors = input_vectors<kFormat, 1>(kChunk);

// A chunk of the input's terms as it lies in shared memory: [term][row][vector], the vectors of odd
// rows exchanged so that lanes which read at once meet different banks.
template <int kFormat>
DEVICE i32 staged_vector(i32 row, i32 vector) {
  return row * kRowVectors<kFormat> + (vector ^ (kFormat == kFp8 ? row & 1 : (row & 1) * 4));
}

template <int kFormat, int kTerms, int kRows>
DEVICE void stage_chunk(const TensorJob& job, const u32* vectors, i32 column, Vector4* into) {
  const Vector4* terms = reinterpret_cast<const Vector4*>(job.x.terms);
  constexpr i32 kWide = kRowVectors<kFormat>;
  for (i32 i = thread_index(); i < kTerms * kRows * kWide; i += 256) {
    i32 vector = i % kWide;
    i32 row = i / kWide % kRows;
    i32 term = i / (kWide * kRows);
    u32 from = vectors[row];
    u32 at = (from == kNoRow ? 0 : from) +
             static_cast<u32>(input_vectors<kFormat, 1>(term * job.x.columns + column) + vector);
    copy_async16(into + term * kRows * kWide + staged_vector<kFormat>(row, vector), terms + at,
                 from != kNoRow);
  }
  copy_async_commit();
}

// Adds the products of a chunk to c, scaled to sums.
template <int kFormat, int kTerms, int kTiles, int kHigh>
DEVICE void multiply_chunk(const WeightRows<kFormat>* rows, i32 column, i32 tiles,
                           const Vector4* staged, float sums[kHigh][kTiles][4]) {
  constexpr int kWords = Raw<kFormat>::kWords;
  float c[kHigh][kTiles][4] = {};
  ROLLED
  for (i32 half = 0; half < 2; half++) {
    u32 raw[kHigh][2][2 * kWords];
    UNROLL
    for (int h = 0; h < kHigh; h++) rows[h].load_pairs(column, 2 * half, raw[h]);
    UNROLL
    for (int within = 0; within < 2; within++) {
      i32 pair = 2 * half + within;
      u32 low[kHigh][4];
      u32 high[kHigh][4];
      UNROLL
      for (int h = 0; h < kHigh; h++) {
        expand<kFormat>(raw[h][0] + within * kWords, low[h]);
        expand<kFormat>(raw[h][1] + within * kWords, high[h]);
      }
      UNROLL
      for (int t = 0; t < kTiles; t++) {
        if (t >= tiles) continue;
        i32 row = 8 * t + lane_row();
        Vector4 b[kTerms];
        UNROLL
        for (int term = 0; term < kTerms; term++) {
          i32 at = staged_vector<kFormat>(row, pair_column<kFormat>(pair) / 8);
          b[term] = staged[term * kTiles * 8 * 16 + at];
        }
        UNROLL
        for (int h = 0; h < kHigh; h++) multiply_pair<kTerms>(c[h][t], low[h], high[h], b);
      }
      if ((pair + 1) % Raw<kFormat>::kScaled != 0) continue;
      UNROLL
      for (int h = 0; h < kHigh; h++) {
        float scales[2];
        rows[h].scales(column + (Raw<kFormat>::kScaled == 1 ? 32 * pair : 0), scales);
        UNROLL
        for (int t = 0; t < kTiles; t++) {
          add_scaled(sums[h][t], c[h][t], scales);
          UNROLL
          for (int i = 0; i < 4; i++) c[h][t][i] = 0;
        }
      }
    }
  }
}

// The same where both sides are E4M3.
template <int kTiles, int kHigh>
DEVICE void multiply_chunk_of_codes(const WeightRows<kFp8Both>* rows, i32 column, i32 tiles,
                                    const Vector4* staged, const TermsView& x, const u32* vectors,
                                    float sums[kHigh][kTiles][4]) {
  float c[kHigh][kTiles][4] = {};
  UNROLL
  for (int half = 0; half < 2; half++) {
    u32 raw[kHigh][2][4];
    UNROLL
    for (int h = 0; h < kHigh; h++) rows[h].load_pairs(column, 2 * half, raw[h]);
    UNROLL
    for (int t = 0; t < kTiles; t++) {
      if (t >= tiles) continue;
      Vector4 b = staged[staged_vector<kFp8Both>(8 * t + lane_row(), 4 * half + lane_part())];
      UNROLL
      for (int h = 0; h < kHigh; h++) multiply_codes(c[h][t], raw[h][0], raw[h][1], b);
    }
  }
  float scales[kHigh][2];
  UNROLL
  for (int h = 0; h < kHigh; h++) rows[h].scales(column, scales[h]);
  UNROLL
  for (int t = 0; t < kTiles; t++) {
    if (t >= tiles) continue;
    float factors[2];
    UNROLL
    for (int i = 0; i < 2; i++) factors[i] = chunk_factor(x, vectors[result_row(t, i)], column);
    UNROLL
    for (int h = 0; h < kHigh; h++) add_scaled_twice(sums[h][t], c[h][t], scales[h], factors);
  }
}

// Rows of the weight that a block takes.
template <int kHigh>
constexpr i32 kTileOutputs = 8 * 16 * kHigh;

// The dynamic shared memory: two chunks, and a total for each result of each thread.
template <int kFormat, int kTerms, int kTiles, int kHigh>
struct TileMemory {
  static constexpr i32 kChunkVectors = kTerms * kTiles * 8 * kRowVectors<kFormat>;
  DEVICE static Vector4* chunk(i32 index) {
    return reinterpret_cast<Vector4*>(dynamic_shared()) + index % 2 * kChunkVectors;
  }
  DEVICE static float* totals() {
    return reinterpret_cast<float*>(reinterpret_cast<Vector4*>(dynamic_shared()) +
                                    2 * kChunkVectors) +
           thread_index();
  }
};

// All runs of an item, or one of them, whose sum is left unscaled for join_runs.
template <int kFormat, int kTerms, int kTiles, int kHigh>
DEVICE void multiply_tile(const TensorJob& job, const TensorItem& item, i32 run, i32 runs,
                          const u32* vectors) {
  using Shared = TileMemory<kFormat, kTerms, kTiles, kHigh>;
  WeightView w = weight_of(job, item, job.which);
  i32 output = 16 * kHigh * warp();
  i32 base = item.slice * job.x.columns;
  WeightRows<kFormat> rows[kHigh];
  UNROLL
  for (int h = 0; h < kHigh; h++) rows[h].open(w, weight_row(job, item) + output + 16 * h, base);
  i32 from = run * run_length(job.x.columns);
  i32 to = least((run + runs) * run_length(job.x.columns), job.x.columns);
  i32 tiles = (item.count + 7) / 8;
  float sums[kHigh][kTiles][4] = {};
  i32 turn = 0;
  stage_chunk<kFormat, kTerms, kTiles * 8>(job, vectors, from, Shared::chunk(0));
  for (i32 column = from; column < to; column += kChunk, turn++) {
    if (column + kChunk < to) {
      stage_chunk<kFormat, kTerms, kTiles * 8>(job, vectors, column + kChunk,
                                               Shared::chunk(turn + 1));
      copy_async_wait<kFault == kWrongWait ? 2 : 1>();
    } else {
      copy_async_wait<0>();
    }
    if constexpr (kFault != kMissingBarrier) sync_block();
    if constexpr (kFormat == kFp8Both) {
      multiply_chunk_of_codes<kTiles, kHigh>(rows, column, tiles, Shared::chunk(turn), job.x,
                                             vectors, sums);
    } else {
      multiply_chunk<kFormat, kTerms, kTiles, kHigh>(rows, column, tiles, Shared::chunk(turn), sums);
    }
    sync_block();
    if ((column + kChunk) % run_length(job.x.columns) != 0 && column + kChunk < to) continue;
    bool first = column + kChunk <= from + run_length(job.x.columns);
    UNROLL
    for (int h = 0; h < kHigh; h++) {
      UNROLL
      for (int t = 0; t < kTiles; t++) {
        UNROLL
        for (int i = 0; i < 4; i++) {
          float* total = Shared::totals() + 256 * ((h * kTiles + t) * 4 + i);
          *total = first ? sums[h][t][i] : *total + sums[h][t][i];
          sums[h][t][i] = 0;
        }
      }
    }
  }
  UNROLL
  for (int h = 0; h < kHigh; h++) {
    UNROLL
    for (int t = 0; t < kTiles; t++) {
      UNROLL
      for (int i = 0; i < 4; i++) {
        i32 row = result_row(t, i);
        i32 place = output + 16 * h + result_output(i);
        if (row >= item.count || item.output + place >= job.outputs) continue;
        float total = Shared::totals()[256 * ((h * kTiles + t) * 4 + i)];
        if (job.run_step != 0) {
          store(job.into + run * job.run_step + item.slice * job.slice_step +
                    (item.first + row) * job.stride + item.output + place,
                total);
        } else {
          put(job, item, row, place, total * factor_of(job, item, row));
        }
      }
    }
  }
}

template <int kFormat, int kTerms, int kTiles, int kHigh>
DEVICE void multiply_many(const TensorJob& job) {
  SHARED(u32, vectors, kTiles * 8);
  SHARED(TensorItem, item, 1);  // there rather than in registers, of which there are none left
  i32 split = job.run_step != 0 ? run_count(job.x.columns) : 1;
  i64 items = item_count<false>(job, kTiles * 8, kTileOutputs<kHigh>) * split;
  for (i64 index = block_index(); index < items; index += block_count()) {
    if (thread_index() == 0) {
      item[0] = item_at<false>(job, index / split, kTiles * 8, kTileOutputs<kHigh>);
    }
    sync_block();
    if (thread_index() < kTiles * 8) {
      vectors[thread_index()] = vectors_of<kFormat, kTerms>(job, item[0], thread_index());
    }
    sync_block();
    i32 run = static_cast<i32>(index % split);
    multiply_tile<kFormat, kTerms, kTiles, kHigh>(job, item[0], run, split > 1 ? 1 : kRuns,
                                                  vectors);
    sync_block();
  }
}

#define TILE_KERNEL(name, format, terms, tiles, high, blocks)         \
  KERNEL void LAUNCH_BOUNDS(256, blocks) tile_##name(TensorJob job) { \
    multiply_many<format, terms, tiles, high>(job);                   \
  }

TILE_KERNEL(bf16_32, kBf16, 3, 4, 1, 2)
TILE_KERNEL(bf16_rounded_32, kBf16, 1, 4, 1, 2)
TILE_KERNEL(bf16_rounded_48, kBf16, 1, 6, 2, 1)
TILE_KERNEL(fp8_32, kFp8, 3, 4, 1, 2)
TILE_KERNEL(fp8_rounded_32, kFp8, 1, 4, 1, 2)
TILE_KERNEL(fp8_rounded_48, kFp8, 1, 6, 2, 1)
TILE_KERNEL(fp8_both_32, kFp8Both, 1, 4, 1, 2)
TILE_KERNEL(fp8_both_48, kFp8Both, 1, 6, 2, 1)
TILE_KERNEL(int8_32, kInt8, 3, 4, 1, 2)
TILE_KERNEL(int4_32, kInt4, 3, 4, 1, 2)

#undef TILE_KERNEL

DEVICE float joined_slice(const float* runs, i64 run_step, const TermsView& x, i64 row, i32 slice) {
  i32 count = run_count(x.columns);
  float sum = load(runs);
  for (i32 run = 1; run < count; run++) sum += load(runs + run * run_step);
  return x.scaled != 0 ? sum : sum * load(x.factors + row * x.slices + slice);
}

// into = the runs of dense products that tiles left, [slice][run][row][output], joined.
KERNEL void LAUNCH_BOUNDS(256, 2)
    join_runs(const float* runs, TermsView x, WeightView bias, MatrixView into) {
  SHARED(float, waiting, kTreeDepth * 256);
  i64 numbers = into.rows * into.columns;
  i64 at = static_cast<i64>(block_index()) * 256 + thread_index();
  if (at >= numbers) return;
  i64 row = at / into.columns;
  i64 column = at % into.columns;
  i32 count = run_count(x.columns);
  float sum = join_tree(x.slices, waiting + thread_index(), 256, [&](i32 slice) {
    return joined_slice(runs + slice * count * numbers + at, numbers, x, row, slice);
  });
  if (bias.data != nullptr) sum += weight_number(bias, 0, static_cast<i32>(column));
  store(into.data + row * into.stride + column, sum);
}

// into = silu(gate) * up of two such products.
KERNEL void LAUNCH_BOUNDS(256, 2)
    join_gated_runs(const float* gates, const float* ups, TermsView x, MatrixView into) {
  i64 numbers = into.rows * into.columns;
  i64 at = static_cast<i64>(block_index()) * 256 + thread_index();
  if (at >= numbers) return;
  i64 row = at / into.columns;
  float gate = joined_slice(gates + at, numbers, x, row, 0);
  float up = joined_slice(ups + at, numbers, x, row, 0);
  store(into.data + row * into.stride + at % into.columns, silu_times(gate, up));
}

// into = silu(into) * up; counted, if not null, holds how many rows there are.
KERNEL void LAUNCH_BOUNDS(256, 2) gate_rows(MatrixView into, const float* up, const i32* counted) {
  i64 row = block_index_y();
  if (counted != nullptr && row >= load(counted)) return;
  i64 column = static_cast<i64>(block_index()) * 256 + thread_index();
  if (column >= into.columns) return;
  float* gate = into.data + row * into.stride + column;
  store(gate, silu_times(load(gate), load(up + row * into.columns + column)));
}

}  // namespace longcat::device
