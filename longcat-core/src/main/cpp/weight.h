// A weight as it lies in its files, with the factors of its blocks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "integer_formats.h"
#include "kernels.h"

namespace longcat {

inline int64_t chunks_of(int64_t columns) { return (columns + kChunk - 1) / kChunk; }

struct FreeBytes {
  void operator()(uint8_t* bytes) const;
};

struct Weight {
  int32_t format;
  int64_t rows;
  int64_t columns;
  int64_t row_bytes;
  int64_t segment_rows;
  std::vector<const uint8_t*> segments;
  // Where the numbers are, if they are no longer in their file.
  std::unique_ptr<uint8_t[], FreeBytes> own;
  int64_t block_rows;
  int64_t block_columns;
  int64_t scale_columns;
  std::vector<float> scales;
  std::vector<const uint8_t*> group_factors;  // for each segment; empty without groups
  // Whether scales change where products of chunks can follow; else rows are decoded first.
  bool in_chunks;

  StoredRow row(int64_t index) const {
    int64_t segment = index / segment_rows;
    const uint8_t* bytes =
        segments[static_cast<size_t>(segment)] + (index - segment * segment_rows) * row_bytes;
    if (scales.empty()) return {bytes, nullptr, columns};
    return {bytes, scales.data() + index / block_rows * scale_columns, block_columns};
  }

  // Rows from there on that lie behind each other and have the same scales of blocks.
  int64_t alike(int64_t index) const {
    int64_t rows = segment_rows - index % segment_rows;
    return scales.empty() ? rows : std::min(rows, block_rows - index % block_rows);
  }

  bool grouped() const { return !group_factors.empty(); }

  bool scaled() const { return grouped() || !scales.empty(); }

  // Bytes of a chunk.
  int64_t chunk_bytes() const { return format == LONGCAT_INT4 ? kChunk / 2 : kChunk * element(); }

  // Whether the factors of groups are the scales of chunks as they are.
  bool factors_by_chunk() const { return block_columns == columns_of_scale(format); }

  // The scales of the chunks of a row with blocks.
  void find_block_scales(const Kernels& kernels, int64_t index, uint8_t* out) const;

  // The scales of the chunks of a row with groups, whose factors lie there; those of columns that
  // there are not are zeros.
  void find_group_scales(const uint8_t* row_factors, uint8_t* out) const;

  // Numbers [from, from + count) of a row; from is even.
  void decode(const Kernels& kernels, int64_t index, int64_t from, int64_t count,
              float* out) const;

  const uint8_t* factors(int64_t index) const {
    size_t segment = static_cast<size_t>(index / segment_rows);
    return group_factors[segment] + 2 * (index % segment_rows) * scale_columns;
  }

 private:
  int64_t element() const {
    bool byte = format == LONGCAT_FP8 || format == LONGCAT_INT8;
    return format == LONGCAT_F32 ? 4 : byte ? 1 : 2;
  }
};

inline const Weight& weight_at(int64_t address) {
  return *reinterpret_cast<const Weight*>(address);
}

inline void decode_row(const Kernels& kernels, const Weight& weight, int64_t index, float* out) {
  weight.decode(kernels, index, 0, weight.columns, out);
}

}  // namespace longcat
