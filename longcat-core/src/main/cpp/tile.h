// Products of some consecutive rows of a weight with rows of inputs.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "context.h"
#include "inputs.h"
#include "kernels.h"
#include "number_formats.h"
#include "sum_tree.h"
#include "tile_kernels.h"
#include "tile_rows.h"
#include "weight.h"

namespace longcat {

// What rows are a multiple of where there are fewer rows than keep the threads busy.
constexpr int64_t kSmallTileRows = 16;
// Rows of inputs whose totals are held at once.
constexpr int64_t kTotalRows = 384;
// Rows of inputs up to which decoded rows of the weight stay in the nearest cache.
constexpr int64_t kNearRows = 24;

// How the rows of some weights of the same shape are cut into items of work.
struct Tiling {
  int64_t rows;  // of a weight
  int64_t step;

  Tiling(int64_t weight_rows, int64_t weights, int threads) : rows(weight_rows) {
    constexpr int64_t kItemsPerThread = 8;
    int64_t wanted = weight_rows * weights / (threads * kItemsPerThread);
    int64_t whole = (wanted + kSmallTileRows - 1) / kSmallTileRows * kSmallTileRows;
    step = std::clamp(whole, kSmallTileRows, kTileRows);
  }

  int64_t count() const { return (rows + step - 1) / step; }
  int64_t first(int64_t item) const { return item * step; }
  int64_t size(int64_t item) const { return std::min(step, rows - first(item)); }
};

// Multiplies tiles of weights with rows of one input; one for each thread and operation.
class Products : private TileRows {
 public:
  using TileRows::bytes;

  // Bytes of further memory for compute with slices and so many rows of inputs.
  static int64_t slice_bytes(int64_t slices, int64_t input_rows) {
    return pending_sums(slices) * Scratch::bytes<float>(total_floats(input_rows));
  }

  static int64_t total_floats(int64_t input_rows) {
    return kTileRows * std::min(input_rows, kTotalRows);
  }

  Products(const Context& context, int64_t columns, Scratch& scratch)
      : TileRows(context, columns, scratch) {}

  // Takes memory for sums of slices that wait for others.
  void take_slices(int64_t slices, int64_t input_rows, Scratch& scratch) {
    for (int64_t i = 0; i < pending_sums(slices); i++) {
      pending_[i] = scratch.take<float>(total_floats(input_rows));
    }
  }

  // totals[r * kTileRows + i] = row first + i of the weight times row from + r of x, for
  // i < count <= kTileRows and r < rows <= kTotalRows; x as Inputs gives it for the weight. Slices
  // of the weight are not looked at, and x has none.
  void compute(const Weight& weight, int64_t first, int64_t count, const FloatRows& x,
               int64_t from, int64_t rows, float* totals) {
    compute(weight, first, count, x, from, rows, totals, chunks_of(weight.columns));
  }

  // The same with the slices of the weight, each summed for itself, and x in as many.
  void compute_slices(const Weight& weight, int64_t first, int64_t count, const FloatRows& x,
                      int64_t from, int64_t rows, float* totals) {
    if (weight.slices.empty() || slices_in_chunks(weight)) {
      int64_t slice = chunks_of(weight.slice(0).columns);
      return compute(weight, first, count, x, from, rows, totals, slice);
    }
    SumTree tree;
    for (int64_t s = 0; s < weight.slice_count(); s++) {
      float* sums = place(tree.depth(), totals);
      compute(weight.slice(s), first, count, x.slice_at(s), from, rows, sums);
      tree.add([&](int64_t into, int64_t addend) {
        join(place(into, totals), place(addend, totals), rows, count);
      });
    }
  }

  // Rows first to first + count of the weight, with their scales, input_stride(columns) apart, in
  // the order of inputs for the weight and filled up with zeros.
  void unpack(const Weight& weight, int64_t first, int64_t count, float* into) const {
    for (int64_t i = 0; i < count;) {
      int64_t part = std::min(count - i, weight.alike(first + i));
      Tile tile = tile_at(weight, first + i, part);
      for (int64_t k = 0; k < part; k++) {
        TileRows::unpack(tile, k, into + (i + k) * input_stride(weight.columns));
      }
      i += part;
    }
  }

  // Whether blend takes the weight.
  static bool blends(const Weight& weight) {
    return weight.in_chunks && !cut_off(weight) &&
           (!weight.grouped() || weight.factors_by_chunk());
  }

  // sums += rows first to first + count of the weight, as unpack gives them, times the weights, one
  // row after the other.
  void blend(const Weight& weight, int64_t first, int64_t count, const float* weights,
             float* sums) const {
    // Rows whose bytes stay in the nearest cache from one stretch of columns to the next.
    constexpr int64_t kRows = 16;
    for (int64_t i = 0; i < count;) {
      int64_t part = std::min(count - i, weight.alike(first + i));
      Tile tile = tile_at(weight, first + i, part);
      int64_t stride = tile.factors == nullptr ? 0 : tile.factor_bytes();
      for (int64_t k = 0; k < part; k += kRows) {
        int64_t rows = std::min(kRows, part - k);
        kernels_.blend[weight.format]({tile.row(k), weight.stride_bytes, scales(tile, k, 0),
                                       stride, rows, whole_chunks(weight)},
                                      weights + i + k, rows * weight.stride_bytes, sums);
      }
      i += part;
    }
  }

 private:
  static constexpr int64_t kMaxPending = 62;

  using LastChunks = std::optional<std::array<LastChunk<kChunk * 4>, kMaxWeightRows>>;

  // Whether the weight, with its slices as runs of chunks, is multiplied as one without slices is.
  bool slices_in_chunks(const Weight& weight) const {
    const Weight& slice = weight.slice(0);
    return weight.slice_count() <= kMostSlices && slice.columns % kChunk == 0 &&
           slice.in_chunks && !in_tiles(context_, slice);
  }

  // Where sums that wait are, the first ones in the totals.
  float* place(int64_t depth, float* totals) const {
    return depth == 0 ? totals : pending_[depth - 1];
  }

  static void join(float* sums, const float* addends, int64_t rows, int64_t count) {
    for (int64_t r = 0; r < rows; r++) {
      for (int64_t i = 0; i < count; i++) sums[r * kTileRows + i] += addends[r * kTileRows + i];
    }
  }

  void compute(const Weight& weight, int64_t first, int64_t count, const FloatRows& x,
               int64_t from, int64_t rows, float* totals, int64_t slice) {
    for (int64_t i = 0; i < count;) {
      int64_t part = std::min(count - i, weight.alike(first + i));
      Tile tile = tile_at(weight, first + i, part);
      tile.x = x;
      tile.from = from;
      tile.rows = rows;
      tile.totals = totals + i;
      tile.slice = slice;
      if (in_tiles(context_, weight)) {
        tiled(tile);
      } else if (rows <= kFusedRows) {
        few(tile);
      } else if (weight.in_chunks && kernels_.arrange[weight.format] != nullptr) {
        in_turn(tile);
      } else {
        many(tile);
      }
      i += part;
    }
  }

  // Sums beside the first one that may wait for others.
  static int64_t pending_sums(int64_t slices) {
    int64_t sums = 0;
    for (; slices > 1; slices /= 2) sums++;
    return sums;
  }

  // A weight may be gone through once only, so its rows are read from end to end.
  void few(const Tile& tile) {
    const Weight& weight = tile.weight;
    const float* input[kFusedRows];
    for (int64_t r = 0; r < tile.rows; r++) input[r] = tile.x.row(tile.from + r);
    int64_t whole = whole_chunks(weight);
    int64_t steps = (tile.count + kernels_.weight_rows - 1) / kernels_.weight_rows;
    LastChunks last;
    if (cut_off(weight)) last.emplace();
    for (int64_t i = 0; i < steps; i++) {
      Step step = step_at(tile, i, steps);
      float part[kFusedRows * kMaxWeightRows];
      if (whole > 0) multiply(tile, step, input, whole, part);
      if (last) multiply_last(tile, step, input, whole, last, part);
      for (int64_t r = 0; r < tile.rows; r++) {
        for (int w = 0; w < step.used; w++) {
          tile.totals[r * kTileRows + step.index[w]] = part[r * kernels_.weight_rows + w];
        }
      }
    }
  }

  // Where decoding is cheap beside the products, some rows of inputs after the other.
  void in_turn(Tile tile) {
    int64_t end = tile.from + tile.rows;
    for (; tile.from < end; tile.from += kFusedRows, tile.totals += kFusedRows * kTileRows) {
      tile.rows = std::min<int64_t>(kFusedRows, end - tile.from);
      few(tile);
    }
  }

  void multiply(const Tile& tile, const Step& step, const float* const* input, int64_t chunks,
                float* part) const {
    const Weight& weight = tile.weight;
    WeightRows rows;
    for (int w = 0; w < kernels_.weight_rows; w++) {
      rows.bytes[w] = step.rows[w];
      rows.scales[w] = scales(tile, step.index[w], 0);
      fetch_factors(tile, step.index[w]);
    }
    int32_t format = weight.in_chunks ? weight.format : LONGCAT_F32;
    int64_t slice = std::min(tile.slice, chunks);
    kernels_.products[format](rows, input, static_cast<int>(tile.rows), {chunks / slice, slice},
                              weight.in_chunks ? kAhead : 0, {part, kernels_.weight_rows, true});
  }

  void multiply_last(const Tile& tile, const Step& step, const float* const* input, int64_t chunk,
                     LastChunks& last, float* part) const {
    const Weight& weight = tile.weight;
    WeightRows rows;
    for (int w = 0; w < kernels_.weight_rows; w++) {
      rows.bytes[w] = (*last)[static_cast<size_t>(w)].take(weight, step.rows[w], chunk);
      rows.scales[w] = scales(tile, step.index[w], chunk);
    }
    const float* rest[kFusedRows];
    for (int64_t r = 0; r < tile.rows; r++) rest[r] = input[r] + chunk * kChunk;
    kernels_.products[weight.format](rows, rest, static_cast<int>(tile.rows), Slices::one(1), 0,
                                     {part, kernels_.weight_rows, chunk == 0});
  }

  // Chunks of columns, one after the other, meet all rows.
  void tiled(const Tile& tile) const {
    const Weight& weight = tile.weight;
    const uint8_t* rows[kTileRows];
    std::optional<std::array<LastChunk<kChunk * 2>, kTileRows>> last;
    if (cut_off(weight)) last.emplace();
    for (int64_t i = 0; i < tile.count; i++) rows[i] = tile.row(i);
    TileChunk task{weight.format, static_cast<int>(tile.count), {}, 0, 1, 0,
                   chunks_of(weight.columns), tile_terms(context_), tile.x, tile.from, tile.rows,
                   tile.totals};
    kernels_.tiles->take(tile.rows);
    for (; task.chunk < task.chunks; task.chunk++) {
      bool cut = task.chunk >= whole_chunks(weight);
      task.ahead = cut ? 0 : kAhead;
      if (weight.scaled()) task.scale = load_f32(scales(tile, 0, task.chunk));
      for (int64_t i = 0; i < tile.count; i++) {
        task.weight[i] = cut ? (*last)[static_cast<size_t>(i)].take(weight, rows[i], task.chunk)
                             : rows[i] + task.chunk * weight.chunk_bytes();
      }
      kernels_.tiles->add(task, reinterpret_cast<char*>(weights_));
    }
    kernels_.tiles->give_back();
  }

  // Blocks of columns that fit near caches, decoded once, meet all rows.
  void many(const Tile& tile) {
    int64_t step = tile.rows <= kNearRows ? kernels_.weight_rows : kTileRows;
    for (int64_t i = 0; i < tile.count; i += step) {
      int64_t count = std::min(step, tile.count - i);
      SumTree tree;
      for (int64_t chunk = 0; chunk < chunks_of(tile.weight.columns);) {
        int64_t end = chunk + together(tile);
        float* sums = place(tree.depth(), tile.totals) + i;
        for (int64_t first = chunk; chunk < end;) chunk += block(tile, i, count, first, end, chunk, sums);
        tree.add([&](int64_t into, int64_t addend) {
          join(place(into, tile.totals) + i, place(addend, tile.totals) + i, tile.rows, count);
        });
      }
    }
  }

  // Chunks of as many slices as fit a block, or of one.
  static int64_t together(const Tile& tile) {
    int64_t chunks = tile.slice;
    int64_t all = chunks_of(tile.weight.columns);
    while (2 * chunks <= std::min(kBlockChunks, all)) chunks *= 2;
    return std::min(chunks, all);
  }

  // One that goes up to an end at most; returns its chunks.
  int64_t block(const Tile& tile, int64_t first, int64_t count, int64_t start, int64_t end,
                int64_t chunk, float* sums) const {
    int64_t whole = whole_chunks(tile.weight);
    int64_t chunks = chunk < whole ? std::min({kBlockChunks, whole - chunk, end - chunk}) : 1;
    // Rows too many are the last one again.
    int64_t together = kernels_.weight_rows;
    int64_t padded = (count + together - 1) / together * together;
    const uint8_t* factors[kTileRows];
    for (int64_t k = 0; k < padded; k++) {
      int64_t row = first + std::min(k, count - 1);
      expand(tile, row, chunk, chunks, weights_ + k * kBlockStride);
      factors[k] = scales(tile, row, chunk);
    }
    int64_t groups = (tile.rows + kInputRows - 1) / kInputRows;
    int64_t size = (tile.rows + groups - 1) / groups;
    for (int64_t r = 0; r < tile.rows; r += size) {
      int rows = static_cast<int>(std::min(size, tile.rows - r));
      const float* input[kInputRows];
      for (int k = 0; k < rows; k++) input[k] = tile.x.row(tile.from + r + k) + chunk * kChunk;
      Totals totals{sums + r * kTileRows, kTileRows, chunk == start};
      panel(tile.weight, factors, count, input, rows, chunks, std::min(tile.slice, chunks), totals);
    }
    return chunks;
  }

  // Rows of inputs stay in the nearest cache while those of the weight come from the second one.
  void panel(const Weight& weight, const uint8_t* const* factors, int64_t count,
             const float* const* input, int rows, int64_t chunks, int64_t slice,
             const Totals& totals) const {
    auto products = kernels_.panel[weight.in_chunks ? weight.format : LONGCAT_F32];
    int64_t whole = count / kernels_.weight_rows * kernels_.weight_rows;
    products({weights_, kBlockStride, whole, factors}, input, rows, chunks, slice, totals);
    if (whole == count) return;
    float part[kInputRows * kMaxWeightRows];
    products({weights_ + whole * kBlockStride, kBlockStride, kernels_.weight_rows, factors + whole},
             input, rows, chunks, slice, {part, kernels_.weight_rows, true});
    add(part, rows, count - whole, {totals.base + whole, totals.stride, totals.start});
  }

  void add(const float* part, int rows, int64_t used, const Totals& totals) const {
    for (int r = 0; r < rows; r++) {
      for (int64_t w = 0; w < used; w++) {
        float& total = totals.base[r * totals.stride + w];
        float value = part[r * kernels_.weight_rows + w];
        total = totals.start ? value : total + value;
      }
    }
  }

  float* pending_[kMaxPending] = {};
};

// Calls body(first, count) for the rows, as many at a time as totals are held for.
template <class Body>
void each_total(int64_t rows, const Body& body) {
  for (int64_t first = 0; first < rows; first += kTotalRows) {
    body(first, std::min(kTotalRows, rows - first));
  }
}

}  // namespace longcat
