// Products of some consecutive rows of a weight with rows of inputs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "context.h"
#include "inputs.h"
#include "kernels.h"
#include "tile_kernels.h"
#include "weight.h"

namespace longcat {

// What rows are a multiple of where there are fewer rows than keep the threads busy.
constexpr int64_t kSmallTileRows = 16;
// Rows of inputs whose totals are held at once.
constexpr int64_t kTotalRows = 384;
// Bytes between what is read of a row and what is fetched for it.
constexpr int64_t kAhead = 1024;
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
class Products {
 public:
  // Bytes of the memory for weights with so many columns.
  static int64_t bytes(int64_t columns) {
    return Scratch::bytes<float>(weight_floats(columns)) +
           Scratch::bytes<float>(kTileRows * scale_floats(columns));
  }

  static int64_t total_floats(int64_t input_rows) {
    return kTileRows * std::min(input_rows, kTotalRows);
  }

  Products(const Context& context, int64_t columns, Scratch& scratch)
      : context_(context),
        kernels_(*context.kernels),
        weights_(scratch.take<float>(weight_floats(columns))),
        scales_(scratch.take<float>(kTileRows * scale_floats(columns))) {}

  // totals[r * kTileRows + i] = row first + i of the weight times row from + r of x, for
  // i < count <= kTileRows and r < rows <= kTotalRows; x as Inputs gives it for the weight.
  void compute(const Weight& weight, int64_t first, int64_t count, const FloatRows& x,
               int64_t from, int64_t rows, float* totals) {
    for (int64_t i = 0; i < count;) {
      // Rows of one block have their scales in common.
      int64_t part = weight.scales.empty()
                         ? count - i
                         : std::min(count - i, weight.block_rows - (first + i) % weight.block_rows);
      Tile tile{weight, first + i, part, x, from, rows, totals + i};
      bool grouped = weight.in_chunks && weight.grouped();
      if (weight.in_chunks && !weight.scales.empty()) find_scales(weight, tile.first, 0);
      if (grouped && rows > kFusedRows) {
        for (int64_t k = 0; k < part; k++) find_scales(weight, tile.first + k, k);
      }
      if (in_tiles(context_, weight)) {
        tiled(tile);
      } else if (rows <= kFusedRows) {
        few(tile);
      } else {
        many(tile);
      }
      i += part;
    }
  }

 private:
  // Rows of an expanded block do not share the lines of a cache.
  static constexpr int64_t kBlockStride = kBlockColumns + 16;

  struct Tile {
    const Weight& weight;
    int64_t first;
    int64_t count;
    const FloatRows& x;
    int64_t from;
    int64_t rows;
    float* totals;
  };

  static_assert(kTileMemory <= kTileRows * kBlockStride * 4);

  static int64_t weight_floats(int64_t columns) {
    return std::max(kMaxWeightRows * input_stride(columns), kTileRows * kBlockStride);
  }

  static int64_t scale_floats(int64_t columns) {
    return chunks_of(columns) * chunk_scales(LONGCAT_INT4);
  }

  // The scales of a row become number i; blocks have one row of them.
  void find_scales(const Weight& weight, int64_t row, int64_t i) const {
    weight.find_scales(kernels_, row, scales_ + i * scale_floats(weight.columns));
  }

  const float* scales(const Weight& weight, int64_t i, int64_t chunk) const {
    return scales_ + (weight.grouped() ? i : 0) * scale_floats(weight.columns) +
           chunk * chunk_scales(weight.format);
  }

  // Calls body(chunk, chunks) for the blocks whose products are added up lane by lane. A last chunk
  // that is cut off by the end of a stored row comes alone.
  template <class Body>
  static void each_block(const Weight& weight, const Body& body) {
    int64_t all = chunks_of(weight.columns);
    int64_t whole = weight.in_chunks ? weight.columns / kChunk : all;
    constexpr int64_t kBlock = kBlockColumns / kChunk;
    for (int64_t chunk = 0; chunk < whole; chunk += kBlock) {
      body(chunk, std::min(kBlock, whole - chunk));
    }
    if (whole < all) body(whole, 1);
  }

  static bool cut_off(const Weight& weight, int64_t chunk) {
    return weight.in_chunks && (chunk + 1) * kChunk > weight.columns;
  }

  // The bytes of the cut-off chunk at the end of a stored row, filled up with zeros.
  static void copy_last(const Weight& weight, const uint8_t* row, int64_t chunk, uint8_t* into) {
    int64_t start = chunk * weight.chunk_bytes();
    std::memset(into, 0, static_cast<size_t>(weight.chunk_bytes()));
    std::memcpy(into, row + start, static_cast<size_t>(weight.row_bytes - start));
  }

  // Rows of the weight that meet the inputs together, each the next one of a stream of its own.
  struct Step {
    int64_t index[kMaxWeightRows];  // in the tile
    int used;
    const uint8_t* rows[kMaxWeightRows];
  };

  // A weight may be gone through once only, so its rows are read from end to end.
  void few(const Tile& tile) {
    int64_t steps = (tile.count + kernels_.weight_rows - 1) / kernels_.weight_rows;
    for (int64_t i = 0; i < steps; i++) {
      Step step = step_at(tile, i, steps);
      each_block(tile.weight,
                 [&](int64_t chunk, int64_t chunks) { multiply(tile, step, chunk, chunks); });
    }
  }

  Step step_at(const Tile& tile, int64_t i, int64_t steps) const {
    Step step{{}, 0, {}};
    for (int w = 0; w < kernels_.weight_rows; w++) {
      bool there = w * steps + i < tile.count;
      step.index[w] = there ? w * steps + i : i;
      if (there) step.used++;
      int64_t row = tile.first + step.index[w];
      if (tile.weight.in_chunks) {
        step.rows[w] = tile.weight.row(row).bytes;
        if (tile.weight.grouped()) find_step_scales(tile.weight, row, step.index[w]);
        continue;
      }
      float* into = weights_ + (there ? w : 0) * input_stride(tile.weight.columns);
      if (there) decode_rest(tile.weight, row, 0, chunks_of(tile.weight.columns), into);
      step.rows[w] = reinterpret_cast<const uint8_t*>(into);
    }
    return step;
  }

  // The factors lie apart from the numbers; those of the next step are fetched meanwhile.
  void find_step_scales(const Weight& weight, int64_t row, int64_t i) const {
    find_scales(weight, row, i);
    const uint8_t* factors = weight.factors(row) + 2 * weight.scale_columns;
    for (int64_t at = 0; at < 2 * weight.scale_columns; at += 64) kernels_.fetch(factors + at);
  }

  void multiply(const Tile& tile, const Step& step, int64_t chunk, int64_t chunks) const {
    const Weight& weight = tile.weight;
    int32_t format = weight.in_chunks ? weight.format : LONGCAT_F32;
    int64_t chunk_bytes = weight.in_chunks ? weight.chunk_bytes() : kChunk * 4;
    uint8_t last[kMaxWeightRows][kChunk * 4];
    bool cut = cut_off(weight, chunk);
    WeightRows block;
    for (int w = 0; w < kernels_.weight_rows; w++) {
      if (cut) copy_last(weight, step.rows[w], chunk, last[w]);
      block.bytes[w] = cut ? last[w] : step.rows[w] + chunk * chunk_bytes;
      block.scales[w] = scales(weight, step.index[w], chunk);
    }
    const float* input[kFusedRows];
    for (int64_t r = 0; r < tile.rows; r++) input[r] = tile.x.row(tile.from + r) + chunk * kChunk;
    float part[kFusedRows * kMaxWeightRows];
    kernels_.products[format](block, input, static_cast<int>(tile.rows), chunks,
                              weight.in_chunks && !cut ? kAhead : 0, part);
    for (int64_t r = 0; r < tile.rows; r++) {
      for (int w = 0; w < step.used; w++) {
        float value = part[r * kernels_.weight_rows + w];
        float& total = tile.totals[r * kTileRows + step.index[w]];
        total = chunk == 0 ? value : total + value;
      }
    }
  }

  // Decoded chunks with their scales, filled up with zeros.
  void decode_rest(const Weight& weight, int64_t row, int64_t chunk, int64_t chunks,
                   float* into) const {
    int64_t count = std::min(chunks * kChunk, weight.columns - chunk * kChunk);
    weight.decode(kernels_, row, chunk * kChunk, count, into);
    std::fill(into + count, into + chunks * kChunk, 0.0f);
  }

  // Chunks of columns, one after the other, meet all rows.
  void tiled(const Tile& tile) const {
    const Weight& weight = tile.weight;
    const uint8_t* rows[kTileRows];
    uint8_t last[kTileRows][kChunk * 2];
    for (int64_t i = 0; i < tile.count; i++) rows[i] = weight.row(tile.first + i).bytes;
    TileChunk task{weight.format, static_cast<int>(tile.count), {}, 0, 1, 0,
                   chunks_of(weight.columns), tile_terms(context_), tile.x, tile.from, tile.rows,
                   tile.totals};
    kernels_.tiles->take(tile.rows);
    for (; task.chunk < task.chunks; task.chunk++) {
      bool cut = cut_off(weight, task.chunk);
      task.ahead = cut ? 0 : kAhead;
      if (weight.scaled()) task.scale = *scales(weight, 0, task.chunk);
      for (int64_t i = 0; i < tile.count; i++) {
        if (cut) copy_last(weight, rows[i], task.chunk, last[i]);
        task.weight[i] = cut ? last[i] : rows[i] + task.chunk * weight.chunk_bytes();
      }
      kernels_.tiles->add(task, reinterpret_cast<char*>(weights_));
    }
    kernels_.tiles->give_back();
  }

  // Blocks of columns that fit near caches, decoded once, meet all rows.
  void many(const Tile& tile) {
    int64_t step = tile.rows <= kNearRows ? kernels_.weight_rows : kTileRows;
    int64_t groups = (tile.rows + kInputRows - 1) / kInputRows;
    int64_t size = (tile.rows + groups - 1) / groups;
    for (int64_t i = 0; i < tile.count; i += step) {
      int64_t count = std::min(step, tile.count - i);
      each_block(tile.weight, [&](int64_t chunk, int64_t chunks) {
        for (int64_t k = 0; k < count; k++) {
          expand(tile.weight, tile.first + i + k, chunk, chunks, weights_ + k * kBlockStride);
        }
        for (int64_t r = 0; r < tile.rows; r += size) {
          panel(tile, i, count, r, static_cast<int>(std::min(size, tile.rows - r)), chunk, chunks);
        }
      });
    }
  }

  void expand(const Weight& weight, int64_t row, int64_t chunk, int64_t chunks,
              float* into) const {
    if (!weight.in_chunks) return decode_rest(weight, row, chunk, chunks, into);
    const uint8_t* bytes = weight.row(row).bytes;
    int64_t chunk_bytes = weight.chunk_bytes();
    if (!cut_off(weight, chunk)) {
      // The next block of the row is wanted next.
      return kernels_.expand[weight.format](bytes + chunk * chunk_bytes, chunks,
                                            chunks * chunk_bytes, into);
    }
    uint8_t last[kChunk * 4];
    copy_last(weight, bytes, chunk, last);
    kernels_.expand[weight.format](last, 1, 0, into);
  }

  void panel(const Tile& tile, int64_t first, int64_t count, int64_t from, int rows,
             int64_t chunk, int64_t chunks) {
    int32_t format = tile.weight.in_chunks ? tile.weight.format : LONGCAT_F32;
    const float* input[kInputRows];
    for (int r = 0; r < rows; r++) input[r] = tile.x.row(tile.from + from + r) + chunk * kChunk;
    // The rows that come next.
    int64_t next = kernels_.weight_rows * kBlockStride * 4;
    for (int64_t i = 0; i < count; i += kernels_.weight_rows) {
      int used = static_cast<int>(std::min<int64_t>(kernels_.weight_rows, count - i));
      WeightRows block;
      for (int w = 0; w < kernels_.weight_rows; w++) {
        int64_t row = i + std::min(w, used - 1);
        block.bytes[w] = reinterpret_cast<const uint8_t*>(weights_ + row * kBlockStride);
        block.scales[w] = scales(tile.weight, first + row, chunk);
      }
      float part[kInputRows * kMaxWeightRows];
      kernels_.expanded[format](block, input, rows, chunks, next, part);
      add(part, rows, used, chunk == 0, tile.totals + from * kTileRows + first + i);
    }
  }

  void add(const float* part, int rows, int used, bool start, float* totals) const {
    for (int r = 0; r < rows; r++) {
      for (int w = 0; w < used; w++) {
        float value = part[r * kernels_.weight_rows + w];
        float& total = totals[r * kTileRows + w];
        total = start ? value : total + value;
      }
    }
  }

  const Context& context_;
  const Kernels& kernels_;
  float* weights_;
  float* scales_;
};

// Calls body(first, count) for the rows, as many at a time as totals are held for.
template <class Body>
void each_total(int64_t rows, const Body& body) {
  for (int64_t first = 0; first < rows; first += kTotalRows) {
    body(first, std::min(kTotalRows, rows - first));
  }
}

}  // namespace longcat
