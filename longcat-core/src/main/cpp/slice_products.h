// Products of some consecutive rows of a weight whose slices are summed each for itself, where they
// lie: rows are read once, from end to end.
#pragma once

#include <algorithm>
#include <cstdint>

#include "context.h"
#include "inputs.h"
#include "kernels.h"
#include "number_formats.h"
#include "tile_rows.h"
#include "tile_sums.h"
#include "weight.h"

namespace longcat {

// Rows of a product, and what they are weighted with before they are added to rows of sums.
struct Weighted {
  FloatRows x;
  const int32_t* rows;
  const float* weights;
};

// Multiplies tiles of weights for which slices_in_place holds; one for each thread and operation.
class SliceProducts : private TileRows {
 public:
  static int64_t bytes(int64_t columns) {
    return TileRows::bytes(columns) + Scratch::bytes<float>(panel_floats(columns)) +
           Scratch::bytes<float>(panel_scales(columns)) + Scratch::bytes<float>(kPartFloats);
  }

  SliceProducts(const Context& context, int64_t columns, Scratch& scratch)
      : TileRows(context, columns, scratch),
        panel_(scratch.take<float>(panel_floats(columns))),
        panel_scales_(scratch.take<float>(panel_scales(columns))),
        parts_(scratch.take<float>(kPartFloats)) {}

  // sums[s][rows[e]][i] += weights[e] * (row first + i of the weight times row e of x over slice s)
  // for from <= e < from + count of x, i < size and each place s of the sums.
  void add(const Weight& weight, int64_t first, int64_t size, const Weighted& inputs, int64_t from,
           int64_t count, TileSums& sums) {
    for (int64_t e = from; e < from + count; e++) sums.begin(inputs.rows[e]);
    const Weight& slice = weight.slice(0);
    bool in_columns = count > kFusedRows && kernels_.columns[slice.format] != nullptr &&
                      slice.columns <= kBlockColumns;
    for (int64_t i = 0; i < size;) {
      int64_t part = std::min(size - i, slice.alike(first + i));
      SliceTile tile = slices_at(weight, first + i, part);
      if (in_columns) {
        columns(tile, i, inputs, from, count, sums);
      } else {
        for (int64_t e = from; e < from + count; e += kFusedRows) {
          few(tile, i, inputs, e, std::min<int64_t>(kFusedRows, from + count - e), sums);
        }
      }
      i += part;
    }
  }

 private:
  static constexpr int64_t kPartFloats = kMostSlices * kFusedRows * kTileRows;

  struct SliceTile {
    const Weight& weight;
    Tile rows;  // of the first slice
    Slices slices;

    int64_t count() const { return rows.count; }
    int32_t format() const { return rows.weight.format; }
    // Of a slice.
    int64_t columns() const { return rows.weight.columns; }
  };

  static int64_t panel_floats(int64_t columns) {
    return (columns + kBlockColumns) * kMaxLanes * kPanelVectors;
  }

  static int64_t panel_scales(int64_t columns) {
    return (columns / kInt4Group + kMostSlices) * kMaxLanes * kPanelVectors;
  }

  SliceTile slices_at(const Weight& weight, int64_t first, int64_t count) const {
    const Weight& slice = weight.slice(0);
    SliceTile tile{weight, tile_at(slice, first, count), {}};
    int64_t bytes = scale_bytes_of(slice);
    bool by_chunk = slice.grouped() && slice.factors_by_chunk();
    tile.slices = {weight.slice_count(), slice.columns / kChunk, 2 * bytes, bytes};
    // Both halves of a chunk have a factor in common, or have each some of its factors.
    if (by_chunk) {
      tile.slices.scale_chunk = chunk_scale_bytes(slice.format);
      tile.slices.scale_half = tile.slices.scale_chunk / 4 * 2;
    }
    for (int64_t s = 0; slice.scales != nullptr && s < weight.slice_count(); s++) {
      weight.slice(s).find_block_scales(kernels_, first, scales_ + s * bytes);
    }
    return tile;
  }

  // Bytes of the scales of a slice that are found, not taken as they lie.
  static int64_t scale_bytes_of(const Weight& slice) {
    int64_t scales = (slice.columns - 1) / columns_of_scale(slice.format) + 1;
    return scales * (slice.format == LONGCAT_FP8 ? 4 : 2);
  }

  const uint8_t* scales(const SliceTile& tile, int64_t i) const {
    if (tile.rows.factors == nullptr) return scales_;
    int64_t stride = tile.rows.factor_bytes();
    if (tile.rows.weight.factors_by_chunk()) return tile.rows.factors + i * stride;
    uint8_t* found = scales_ + i * TileRows::scale_bytes(tile.weight.columns);
    // What the scales of a slice's half chunk have too many is those of the next slice.
    for (int64_t s = 0; s < tile.slices.count; s++) {
      const uint8_t* factors = tile.weight.slice(s).factors(tile.rows.first + i);
      tile.weight.slice(s).find_group_scales(factors,
                                             found + s * scale_bytes_of(tile.rows.weight));
    }
    return found;
  }

  // Up to kFusedRows rows of inputs.
  void few(const SliceTile& tile, int64_t at, const Weighted& inputs, int64_t from, int64_t count,
           TileSums& sums) const {
    const Slices& slices = tile.slices;
    const float* input[kFusedRows];
    for (int64_t r = 0; r < count; r++) input[r] = inputs.x.row(from + r);
    int64_t together = kernels_.weight_rows;
    int64_t steps = (tile.count() + together - 1) / together;
    for (int64_t i = 0; i < steps; i++) {
      Step step = step_at(tile.rows, i, steps);
      WeightRows rows;
      for (int w = 0; w < together; w++) {
        rows.bytes[w] = step.rows[w];
        rows.scales[w] = scales(tile, step.index[w]);
        fetch_factors(tile.rows, step.index[w]);
      }
      float part[kMostSlices * kFusedRows * kMaxWeightRows];
      kernels_.products[tile.format()](rows, input, static_cast<int>(count), slices, kAhead,
                                       {part, together, true, count * together});
      for (int64_t k = 0; k < slices.count * count; k++) {
        for (int w = 0; w < step.used; w++) {
          parts_[k * kTileRows + step.index[w]] = part[k * together + w];
        }
      }
    }
    for (int64_t k = 0; k < slices.count * count; k++) {
      int64_t entry = from + k % count;
      kernels_.add_weighted(sums.at(k / count, inputs.rows[entry]) + at, inputs.weights[entry],
                            parts_ + k * kTileRows, tile.count());
    }
  }

  // Rows of the weight, as many as there are lanes, are decoded once for all inputs.
  void columns(const SliceTile& tile, int64_t at, const Weighted& inputs, int64_t from,
               int64_t count, TileSums& sums) const {
    int64_t lanes = panel_rows();
    for (int64_t first = 0; first < tile.count(); first += lanes) {
      turn(tile, first);
      ColumnPanel panel{panel_, panel_scales_, tile.slices.count, tile.columns()};
      WeightedSums into;
      into.count = static_cast<int>(std::min(lanes, tile.count() - first));
      for (int64_t e = from; e < from + count; e += kColumnRows) {
        int rows = static_cast<int>(std::min<int64_t>(kColumnRows, from + count - e));
        const float* input[kColumnRows];
        for (int r = 0; r < rows; r++) {
          input[r] = inputs.x.row(e + r);
          into.weights[r] = inputs.weights[e + r];
          for (int64_t s = 0; s < panel.slices; s++) {
            into.sums[s * kColumnRows + r] = sums.at(s, inputs.rows[e + r]) + at + first;
          }
        }
        kernels_.columns[tile.format()](panel, input, rows, into);
      }
    }
  }

  // Rows of the weight that a panel has.
  int64_t panel_rows() const { return kPanelVectors * kernels_.lanes; }

  // Rows from there on into the panel; those too many are the last one again.
  void turn(const SliceTile& tile, int64_t first) const {
    int64_t lanes = kernels_.lanes;
    int64_t chunks = tile.weight.columns / kChunk;
    int64_t bytes = chunk_bytes_of(tile.format());
    for (int64_t chunk = 0; chunk < chunks; chunk += kBlockChunks) {
      int64_t some = std::min(kBlockChunks, chunks - chunk);
      for (int64_t vector = 0; vector < panel_rows(); vector += lanes) {
        for (int64_t i = 0; i < lanes; i++) {
          const uint8_t* row = tile.rows.row(std::min(first + vector + i, tile.count() - 1));
          kernels_.expand[tile.format()](row + chunk * bytes, some, some * bytes,
                                         weights_ + i * kBlockStride);
        }
        kernels_.turn(weights_, kBlockStride, some * kChunk,
                      panel_ + chunk * kChunk * panel_rows() + vector);
      }
    }
    if (tile.rows.weight.scaled()) turn_scales(tile, first);
  }

  void turn_scales(const SliceTile& tile, int64_t first) const {
    int64_t lanes = panel_rows();
    int64_t width = columns_of_scale(tile.format());
    int64_t count = (tile.columns() + width - 1) / width;
    for (int64_t i = 0; i < lanes; i++) {
      const uint8_t* row = scales(tile, std::min(first + i, tile.count() - 1));
      for (int64_t k = 0; k < tile.slices.count * count; k++) {
        panel_scales_[k * lanes + i] = scale_of(tile, row, k / count, k % count);
      }
    }
  }

  // Number k of those of a slice.
  static float scale_of(const SliceTile& tile, const uint8_t* row, int64_t slice, int64_t k) {
    const Slices& slices = tile.slices;
    int64_t bytes = tile.format() == LONGCAT_FP8 ? 4 : 2;
    int64_t start = slices.chunks > 0
                        ? slice * slices.chunks * chunk_scale_bytes(tile.format())
                        : slice / 2 * slices.scale_chunk + slice % 2 * slices.scale_half;
    const uint8_t* at = row + start + k * bytes;
    return tile.format() == LONGCAT_FP8 ? load_f32(at) : bf16_to_float(load_u16(at));
  }

  float* panel_;
  float* panel_scales_;
  float* parts_;
};

}  // namespace longcat
