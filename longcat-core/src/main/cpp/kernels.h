// The inner loops that exist once for each instruction set, behind a table of function pointers.
#pragma once

#include <cstdint>

#include "longcat_cpu.h"

namespace longcat {

// Columns whose products are added up lane by lane; then lanes and blocks are added. Part of the
// order of additions, which is the same for one row and for many.
constexpr int64_t kBlockColumns = 1024;
// Columns that products take at once: inputs have a multiple of them, filled up with zeros.
constexpr int64_t kChunk = 128;
constexpr int64_t kBlockChunks = kBlockColumns / kChunk;
// Columns of a slice that is shorter than a chunk and yet multiplied where it lies.
constexpr int64_t kHalfChunk = kChunk / 2;
// Columns of INT4 that may have a scale of their own; other formats have one for a chunk.
constexpr int64_t kInt4Group = 32;
// Rows of inputs that a product with numbers of F32 takes at once.
constexpr int kInputRows = 6;
// Rows of inputs for which a weight is decoded in registers; beyond it is decoded once for all.
constexpr int kFusedRows = 8;
// Queries that a mixture takes at once.
constexpr int kQueries = 4;
// Upper bounds of Kernels::weight_rows and Kernels::lanes.
constexpr int kMaxWeightRows = 4;
constexpr int kMaxLanes = 16;
// Vectors of weight rows that a panel of columns has side by side, so that an input is loaded once
// for both.
constexpr int kPanelVectors = 2;
// Rows of inputs that meet a panel of columns at once.
constexpr int kColumnRows = 4;
// Slices of columns that a product joins by itself.
constexpr int kMostSlices = 8;
// Rows of a weight that one item of work takes at most, and so the distance between input rows in
// the totals of a tile.
constexpr int64_t kTileRows = 64;
// Formats of weights, LONGCAT_F32 to LONGCAT_INT4.
constexpr int kFormats = 6;

// Bytes of a chunk.
constexpr int64_t chunk_bytes_of(int32_t format) {
  return format == LONGCAT_F32    ? kChunk * 4
         : format == LONGCAT_INT4 ? kChunk / 2
         : format == LONGCAT_BF16 || format == LONGCAT_F16 ? kChunk * 2
                                                           : kChunk;
}

// Columns of a chunk that have a scale in common.
constexpr int64_t columns_of_scale(int32_t format) {
  return format == LONGCAT_INT4 ? kInt4Group : kChunk;
}

// Bytes of the scales of a chunk as products take them: F32 for FP8, BF16 for groups of integers.
constexpr int64_t chunk_scale_bytes(int32_t format) {
  return format == LONGCAT_FP8 ? 4 : 2 * kChunk / columns_of_scale(format);
}

// A row of a weight as it lies in its file: not aligned.
struct StoredRow {
  const uint8_t* bytes;
  const float* scales;  // one for each block of columns, or null
  int64_t block;        // columns of a block
};

// Some rows of a weight from the same chunk on.
struct WeightRows {
  const uint8_t* bytes[kMaxWeightRows];
  const uint8_t* scales[kMaxWeightRows];  // chunk_scale_bytes for each chunk, if there are scales
};

// Rows of a weight in F32, in the order of their format's chunks.
struct WeightPanel {
  const float* base;
  int64_t stride;
  int64_t rows;                  // a multiple of Kernels::weight_rows
  const uint8_t* const* scales;  // of each row, as in WeightRows
};

// Some rows of a weight, one behind the other, in whole chunks.
struct WeightBlock {
  const uint8_t* bytes;
  int64_t row_bytes;
  const uint8_t* scales;  // as in WeightRows
  int64_t scale_stride;   // bytes from those of a row to the next
  int64_t rows;
  int64_t chunks;
};

// Where products go: those of input row r with the rows of a weight are the numbers from
// base + r * stride on, which the sum of each block of columns is added to, one after the other.
struct Totals {
  float* base;
  int64_t stride;
  bool start;         // with the first block: nothing is there yet
  int64_t apart = 0;  // from those of a slice to the next; 0 joins them
};

// Equal runs of columns that lie behind each other and are summed each for itself.
struct Slices {
  int64_t count;   // a power of two up to kMostSlices
  int64_t chunks;  // of one; 0 for half a chunk
  // Where slices are halves of chunks, bytes from the scales of a chunk to those of the next, and from
  // those of its first half to those of the second.
  int64_t scale_chunk = 0;
  int64_t scale_half = 0;

  static Slices one(int64_t chunks) { return {1, chunks}; }
};

// Some rows of a weight in F32 with the numbers of a column side by side, Kernels::lanes of them.
struct ColumnPanel {
  const float* base;
  const float* scales;  // of each columns_of_scale in the order of columns, by row; or nothing
  int64_t slices;
  int64_t columns;  // of a slice: a multiple of kHalfChunk, kBlockColumns at most
};

// Where products of a panel of columns go: those of slice s with input row r, times a weight, are
// added to count numbers from sums[s * kColumnRows + r] on.
struct WeightedSums {
  float* sums[kMostSlices * kColumnRows];
  float weights[kColumnRows];
  int count;
};

// Rows of F32, consecutive or picked by index.
struct FloatRows {
  const float* base;
  int64_t stride;
  const int32_t* index;  // or null
  int64_t slice = 0;     // from a slice of a row to the next

  const float* row(int64_t i) const { return base + stride * (index ? index[i] : i); }

  FloatRows slice_at(int64_t i) const { return {base + i * slice, stride, index}; }
};

// What some heads of a query have seen of the cache so far.
struct HeadState {
  float* largest;  // score, by lane
  float* sums;     // of exponentials of scores minus the largest, by lane
  float* mixed;    // [head, latent]: cached rows weighted with those exponentials
};

// Numbers of a cached row reach from -63 to 63 and are kept with 64 added, those of a query from -15 to
// 15, so that eight pairs of products fit 16 bits.
constexpr int32_t kRowLargest = 63;
constexpr int32_t kRowOffset = 64;
constexpr int32_t kQueryLargest = 15;

// Queries of some heads in integers, in two groups of columns: four columns of each lane side by side.
struct ByteQuery {
  const int8_t* bytes;    // [quads of both groups, lanes, 4]
  const float* scales;    // [group, lanes]
  int64_t quads[2];       // columns of a group by four
  const int32_t* places;  // where in a row the quads of both groups are
  int64_t end;            // where in a row its scales are
};

struct TileKernels;

// Every element of a result is computed by one fixed sequence of operations, whatever the number
// of rows or queries beside it.
struct Kernels {
  // Rows of a weight that a product takes at once.
  int weight_rows;
  // What the scales of FP8 are multiplied with, because it is decoded to less.
  float fp8_factor;
  // Where entry i of a chunk comes from, by format; null where nothing moves.
  const uint8_t* order[kFormats];
  // Weight row w times input row r over the slices, by format, inputs in the format's order;
  // 1 <= input_rows <= kFusedRows. Slices are summed each for itself and joined by a binary tree, or
  // left apart. What lies ahead bytes behind what is read is fetched into the cache.
  void (*products[kFormats])(const WeightRows& weight, const float* const* input, int input_rows,
                             const Slices& slices, int64_t ahead, const Totals& totals);
  // Whether products take halves of chunks, by format.
  bool halves[kFormats];
  // Where products take chunks of inputs in another form than F32, makes it of kChunk numbers in their
  // order, kChunk floats large; else null. Then products alone take the format, not panel. Halves that
  // are slices know nothing of each other.
  void (*arrange[kFormats])(const float* chunk, bool halves, float* out);
  // The same for rows that expand has decoded, up to a block of columns of them;
  // 1 <= input_rows <= kInputRows.
  void (*panel[kFormats])(const WeightPanel& weight, const float* const* input, int input_rows,
                          int64_t chunks, int64_t slice, const Totals& totals);
  // Numbers of a vector. Heads side by side are a multiple of it, and the rows of a panel of columns
  // kPanelVectors times it; the ones too many are computed and not used.
  int lanes;
  // out[c * kPanelVectors * lanes + i] = number c of row i, i < lanes, for a multiple of kHalfChunk
  // columns.
  void (*turn)(const float* rows, int64_t stride, int64_t columns, float* out);
  // What products add up of rows that expand has decoded, each slice by itself, with many rows of
  // inputs: 1 <= input_rows <= kColumnRows. By format; null where panels of columns are not for it.
  void (*columns[kFormats])(const ColumnPanel& panel, const float* const* input, int input_rows,
                            const WeightedSums& into);
  // sums[i] += weight * values[i], rounded twice.
  void (*add_weighted)(float* sums, float weight, const float* values, int64_t n);
  // out = the chunks in the format's order, without scales.
  void (*expand[kFormats])(const uint8_t* weight, int64_t chunks, int64_t ahead, float* out);
  // The same with scales.
  void (*unpack[kFormats])(const uint8_t* weight, const uint8_t* scales, int64_t chunks,
                           float* out);
  // sums += each row, decoded like that, times its weight, one row after the other.
  void (*blend[kFormats])(const WeightBlock& block, const float* weights, int64_t ahead,
                          float* sums);
  // Brings the lines of some bytes near.
  void (*fetch)(const uint8_t* from, int64_t bytes);
  // out[r * weight_rows + w] = sum of row w times input row r over n columns of F32;
  // 1 <= input_rows <= kQueries.
  void (*dots)(const float* const* rows, const float* const* input, int input_rows, int64_t n,
               float* out);
  // out[i] = number i of the row, by format; blocks of any size.
  void (*decode[4])(const StoredRow& row, int64_t n, float* out);
  // out[q][c] += sum of weights[q][i] * row i [c] for from <= i < to. 1 <= queries <= kQueries.
  void (*mix)(const FloatRows& rows, int64_t from, int64_t to, const float* const* weights,
              int queries, int64_t n, float* const* out);
  // out[p * lanes + h] = sum over c < n of query[c * lanes + h] times row p [c].
  void (*scores)(const float* query, int64_t lanes, const float* const* rows, int64_t count,
                 int64_t n, float* out);
  // Turns count more scores into exponentials, after which what was mixed so far is to be
  // multiplied with the factors.
  void (*soften)(float* scores, int64_t lanes, int64_t count, float* largest, float* sums,
                 float* factors);
  // mixed[h][c] = mixed[h][c] * factors[h] + sum of weights[p * lanes + h] * row p [c].
  void (*gather)(const float* weights, int64_t lanes, const float* const* rows, int64_t count,
                 int64_t heads, const float* factors, int64_t n, float* mixed);
  // into = what both have seen.
  void (*merge)(const HeadState& into, const HeadState& from, int64_t lanes, int64_t heads,
                int64_t n);
  // out[h * stride + r] = the first group's product of query h and row r, times its two scales, plus
  // the second's. Rows are the integers of both groups and then their scales. near: lanes * count.
  void (*coarse)(const ByteQuery& query, int64_t lanes, const uint8_t* const* rows, int64_t count,
                 float* near, float* out, int64_t stride);
  // Exponentials divided by their sum.
  void (*softmax)(float* values, int64_t n);
  // into[i] = silu(gate[i]) * up[i].
  void (*gate)(const float* gate, const float* up, int64_t n, float* into);
  // Multiplies and adds in registers, so many rounds; how many multiplications these were.
  int64_t (*spin)(int64_t rounds);
  // Products with weights of BF16 and FP8, where they have a unit of their own; else null.
  const TileKernels* tiles;

  Kernels with(const TileKernels* unit) const {
    Kernels kernels = *this;
    kernels.tiles = unit;
    return kernels;
  }
};

// Null where this build has no such kernels.
const Kernels* generic_kernels();
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();
const Kernels* avx512_gfni_kernels();
const Kernels* neon_kernels();

// Null where the processor lacks the instruction set.
const Kernels* select_kernels(int32_t instruction_set);

}  // namespace longcat
