// Some consecutive rows of a weight, with their scales, as the inner loops take them.
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

// Bytes between what is read of a row and what is fetched for it.
constexpr int64_t kAhead = 1024;

// What multiplies tiles of weights in some way; one for each thread and operation.
class TileRows {
 public:
  // Bytes of the memory for weights with so many columns.
  static int64_t bytes(int64_t columns) {
    return Scratch::bytes<float>(weight_floats(columns)) +
           Scratch::bytes<uint8_t>(kTileRows * scale_bytes(columns));
  }

 protected:
  TileRows(const Context& context, int64_t columns, Scratch& scratch)
      : context_(context),
        kernels_(*context.kernels),
        weights_(scratch.take<float>(weight_floats(columns))),
        scales_(scratch.take<uint8_t>(kTileRows * scale_bytes(columns))) {}

  // Rows of an expanded block do not share the lines of a cache.
  static constexpr int64_t kBlockStride = kBlockColumns + 16;

  // Rows of a weight that lie behind each other, and what they are multiplied with.
  struct Tile {
    const Weight& weight;
    int64_t first;
    int64_t count;
    const uint8_t* bytes;
    const uint8_t* factors;  // or null
    FloatRows x;
    int64_t from;
    int64_t rows;
    float* totals;
    int64_t slice;  // chunks that are summed for themselves

    const uint8_t* row(int64_t i) const { return bytes + i * weight.stride_bytes; }
    int64_t factor_bytes() const { return weight.factor_stride(); }
  };

  // With the scales that its rows have in common.
  Tile tile_at(const Weight& weight, int64_t first, int64_t count) const {
    bool grouped = weight.in_chunks && weight.grouped();
    if (weight.in_chunks && weight.scales != nullptr) {
      weight.find_block_scales(kernels_, first, scales_);
    }
    return {weight, first, count, weight.row(first),
            grouped ? weight.factors(first) : nullptr, {}, 0, 0, nullptr, 0};
  }

  static_assert(kTileMemory <= kTileRows * kBlockStride * 4);

  static int64_t weight_floats(int64_t columns) {
    return std::max(kMaxWeightRows * input_stride(columns), kTileRows * kBlockStride);
  }

  // Of a row, in the format that has most, also where slices are halves of chunks.
  static int64_t scale_bytes(int64_t columns) {
    return 2 * chunks_of(columns) * chunk_scale_bytes(LONGCAT_INT4);
  }

  // The scales of row i from a chunk that lies whole in it, or from the last one. Those of blocks are
  // there; groups are taken as they lie, unless there are fewer of them than chunks have.
  const uint8_t* scales(const Tile& tile, int64_t i, int64_t chunk) const {
    const Weight& weight = tile.weight;
    int64_t start = chunk * chunk_scale_bytes(weight.format);
    if (tile.factors == nullptr) return scales_ + start;
    const uint8_t* factors = tile.factors + i * tile.factor_bytes();
    if (weight.factors_by_chunk() && chunk < whole_chunks(weight)) return factors + start;
    uint8_t* found = scales_ + i * scale_bytes(weight.columns);
    weight.find_group_scales(factors, found);
    return found + start;
  }

  // Chunks that lie whole in a stored row.
  static int64_t whole_chunks(const Weight& weight) {
    return weight.in_chunks ? weight.columns / kChunk : chunks_of(weight.columns);
  }

  // Whether a last chunk is cut off by the end of a stored row. It comes alone.
  static bool cut_off(const Weight& weight) {
    return whole_chunks(weight) < chunks_of(weight.columns);
  }

  // The bytes of the cut-off chunk at the end of a stored row, filled up with zeros. Rows of a weight
  // may come one after the other: those bytes stay zero.
  template <int64_t kBytes>
  struct LastChunk {
    alignas(64) uint8_t bytes[kBytes] = {};

    const uint8_t* take(const Weight& weight, const uint8_t* row, int64_t chunk) {
      int64_t start = chunk * weight.chunk_bytes();
      std::memcpy(bytes, row + start, static_cast<size_t>(weight.row_bytes - start));
      return bytes;
    }
  };

  // Rows of the weight that meet the inputs together, each the next one of a stream of its own.
  struct Step {
    int64_t index[kMaxWeightRows];  // in the tile
    int used;
    const uint8_t* rows[kMaxWeightRows];
  };

  Step step_at(const Tile& tile, int64_t i, int64_t steps) const {
    Step step{{}, 0, {}};
    for (int w = 0; w < kernels_.weight_rows; w++) {
      bool there = w * steps + i < tile.count;
      step.index[w] = there ? w * steps + i : i;
      if (there) step.used++;
      if (tile.weight.in_chunks) {
        step.rows[w] = tile.row(step.index[w]);
        continue;
      }
      float* into = weights_ + (there ? w : 0) * input_stride(tile.weight.columns);
      if (there) {
        decode_rest(tile.weight, tile.first + step.index[w], 0, chunks_of(tile.weight.columns),
                    into);
      }
      step.rows[w] = reinterpret_cast<const uint8_t*>(into);
    }
    return step;
  }

  // The factors lie apart from the numbers; those of the next step are fetched meanwhile.
  void fetch_factors(const Tile& tile, int64_t i) const {
    if (tile.factors == nullptr) return;
    kernels_.fetch(tile.factors + (i + 1) * tile.factor_bytes(), tile.factor_bytes());
  }

  // Decoded chunks with their scales, filled up with zeros.
  void decode_rest(const Weight& weight, int64_t row, int64_t chunk, int64_t chunks,
                   float* into) const {
    int64_t count = std::min(chunks * kChunk, weight.columns - chunk * kChunk);
    weight.decode(kernels_, row, chunk * kChunk, count, into);
    std::fill(into + count, into + chunks * kChunk, 0.0f);
  }

  void expand(const Tile& tile, int64_t i, int64_t chunk, int64_t chunks, float* into) const {
    const Weight& weight = tile.weight;
    if (!weight.in_chunks) return decode_rest(weight, tile.first + i, chunk, chunks, into);
    int64_t chunk_bytes = weight.chunk_bytes();
    if (chunk < whole_chunks(weight)) {
      // The next block of the row is wanted next.
      return kernels_.expand[weight.format](tile.row(i) + chunk * chunk_bytes, chunks,
                                            chunks * chunk_bytes, into);
    }
    LastChunk<kChunk * 4> last;
    kernels_.expand[weight.format](last.take(weight, tile.row(i), chunk), 1, 0, into);
  }

  void unpack(const Tile& tile, int64_t i, float* into) const {
    const Weight& weight = tile.weight;
    if (!weight.in_chunks) {
      return decode_rest(weight, tile.first + i, 0, chunks_of(weight.columns), into);
    }
    int64_t whole = whole_chunks(weight);
    kernels_.unpack[weight.format](tile.row(i), scales(tile, i, 0), whole, into);
    if (!cut_off(weight)) return;
    LastChunk<kChunk * 4> last;
    kernels_.unpack[weight.format](last.take(weight, tile.row(i), whole), scales(tile, i, whole), 1,
                                   into + whole * kChunk);
  }

  const Context& context_;
  const Kernels& kernels_;
  float* weights_;
  uint8_t* scales_;
};

}  // namespace longcat
