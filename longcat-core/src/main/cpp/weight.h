// A weight as it lies in its files, with the factors of its blocks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "integer_formats.h"
#include "kernels.h"
#include "number_formats.h"

namespace longcat {

inline int64_t chunks_of(int64_t columns) { return (columns + kChunk - 1) / kChunk; }

// The scales of blocks or groups of columns as they are stored.
struct StoredScales {
  int64_t block;    // columns of one
  int64_t columns;  // of them for a row
};

// Columns of stored rows, all of them or a slice. Scales of a slice are those of blocks that begin
// with it: of the largest size at which a block of the slice lies in one block of the file, wherever
// slices of that length begin. So a slice computes the same here and in a file of its own.
struct Weight {
  int32_t format;
  int64_t rows;
  int64_t columns;
  int64_t first_column;
  int64_t row_bytes;     // of the columns
  int64_t stride_bytes;  // from a row to the next
  int64_t segment_rows;
  std::vector<const uint8_t*> segments;  // where the columns begin
  // Where the numbers are, if they are no longer in their file.
  std::shared_ptr<uint8_t[]> own;
  int64_t block_rows;
  int64_t block_columns;
  int64_t scale_columns;
  StoredScales stored;
  const uint8_t* scales;  // F32 of the file's blocks, aligned or not, or null
  std::vector<const uint8_t*> group_factors;  // of the file, for each segment; empty without groups
  // Whether scales change where products of chunks can follow; else rows are decoded first.
  bool in_chunks;
  // A copy of the file's, if they are stored as something else than F32.
  std::vector<float> scale_memory;
  // Equal runs of the columns whose products are summed each for itself; none for a single one.
  std::vector<Weight> slices;

  // How many runs of columns are summed each for itself.
  int64_t slice_count() const {
    return slices.empty() ? 1 : static_cast<int64_t>(slices.size());
  }

  const Weight& slice(int64_t index) const {
    return slices.empty() ? *this : slices[static_cast<size_t>(index)];
  }

  const uint8_t* row(int64_t index) const {
    int64_t segment = index / segment_rows;
    return segments[static_cast<size_t>(segment)] +
           (index - segment * segment_rows) * stride_bytes;
  }

  // Of a block of a row.
  float block_scale(int64_t index, int64_t block) const {
    int64_t at = index / block_rows * stored.columns + stored_block(block);
    return load_f32(scales + at * static_cast<int64_t>(sizeof(float)));
  }

  // How many blocks have one.
  int64_t block_count() const { return ((rows - 1) / block_rows + 1) * stored.columns; }

  // Rows from there on that lie behind each other and have the same scales of blocks.
  int64_t alike(int64_t index) const {
    int64_t rows = segment_rows - index % segment_rows;
    return scales == nullptr ? rows : std::min(rows, block_rows - index % block_rows);
  }

  bool grouped() const { return !group_factors.empty(); }

  bool scaled() const { return grouped() || scales != nullptr; }

  // Bytes of a chunk.
  int64_t chunk_bytes() const { return chunk_bytes_of(format); }

  // Whether the factors of groups are the scales of chunks as they are.
  bool factors_by_chunk() const { return stored.block == columns_of_scale(format); }

  // The scales of the chunks of a row with blocks.
  void find_block_scales(const Kernels& kernels, int64_t index, uint8_t* out) const;

  // The scales of the chunks of a row with groups, whose factors begin there; those of columns that
  // there are not are zeros.
  void find_group_scales(const uint8_t* row_factors, uint8_t* out) const;

  // Numbers [from, from + count) of a row; from is even.
  void decode(const Kernels& kernels, int64_t index, int64_t from, int64_t count,
              float* out) const;

  // Those of the groups of a row, from the one on that the first column lies in.
  const uint8_t* factors(int64_t index) const {
    size_t segment = static_cast<size_t>(index / segment_rows);
    return group_factors[segment] + 2 * (index % segment_rows) * stored.columns +
           2 * stored_block(0);
  }

  // From the factors of a row to those of the next.
  int64_t factor_stride() const { return 2 * stored.columns; }

 private:
  // The file's block or group that a block lies in.
  int64_t stored_block(int64_t block) const {
    return (first_column + block * block_columns) / stored.block;
  }

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
