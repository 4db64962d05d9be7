// Products of some consecutive rows of a weight with rows of inputs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "context.h"
#include "kernels.h"
#include "weight.h"

namespace longcat {

// Rows of a weight that one item of work takes at most, and so the distance between input rows in
// the totals of a tile.
constexpr int64_t kTileRows = 64;
// The same where the weight is decoded in registers: more items to share out.
constexpr int64_t kFusedTileRows = 16;
// Rows of inputs whose totals are held at once.
constexpr int64_t kTotalRows = 384;

// How the rows of a weight are cut into items of work for so many input rows.
struct Tiling {
  int64_t rows;  // of the weight
  int64_t step;

  Tiling(int64_t weight_rows, int64_t input_rows)
      : rows(weight_rows), step(input_rows <= kFusedRows ? kFusedTileRows : kTileRows) {}

  int64_t count() const { return (rows + step - 1) / step; }
  int64_t first(int64_t item) const { return item * step; }
  int64_t size(int64_t item) const { return std::min(step, rows - first(item)); }
};

// Multiplies tiles of weights with rows of one input; one for each thread and operation.
class Products {
 public:
  // Bytes of the memory for weights with so many columns.
  static int64_t bytes(int64_t columns, int64_t input_rows) {
    return Scratch::bytes<float>(input_floats(columns, input_rows)) +
           Scratch::bytes<float>(weight_floats(columns, input_rows));
  }

  static int64_t total_floats(int64_t input_rows) {
    return kTileRows * std::min(input_rows, kTotalRows);
  }

  Products(const Context& context, int64_t columns, int64_t input_rows, Scratch& scratch)
      : context_(context),
        kernels_(*context.kernels),
        fused_(input_rows <= kFusedRows),
        inputs_(scratch.take<float>(input_floats(columns, input_rows))),
        weights_(scratch.take<float>(weight_floats(columns, input_rows))) {}

  // totals[r * kTileRows + i] = row first + i of the weight times row from + r of x, for
  // i < count <= kTileRows and r < rows <= kTotalRows.
  void compute(const Weight& weight, int64_t first, int64_t count, const FloatRows& x,
               int64_t from, int64_t rows, float* totals) {
    for (int64_t i = 0; i < count;) {
      // Rows of one block have their scales in common.
      int64_t part = weight.scales.empty()
                         ? count
                         : std::min(count - i, weight.block_rows - (first + i) % weight.block_rows);
      if (fused_) {
        few(weight, first + i, part, x, from, static_cast<int>(rows), totals + i);
      } else {
        many(weight, first + i, part, x, from, rows, totals + i);
      }
      i += part;
    }
  }

 private:
  static int64_t input_floats(int64_t columns, int64_t input_rows) {
    return input_rows <= kFusedRows ? input_rows * columns : kInputRows * kBlockColumns;
  }

  // Of few rows only integer weights are decoded, of whole rows of the weight.
  static int64_t weight_floats(int64_t columns, int64_t input_rows) {
    return input_rows <= kFusedRows ? kMaxWeightRows * columns : kTileRows * kBlockColumns;
  }

  Preparation preparation(const Weight& weight, int64_t row) const {
    return {context_.rounds(weight.format), weight.row(row).scales, weight.block_columns};
  }

  static bool changes(const Preparation& how) { return how.round || how.scales != nullptr; }

  // A weight may be gone through once only, so its rows are read from end to end.
  void few(const Weight& weight, int64_t first, int64_t count, const FloatRows& x, int64_t from,
           int rows, float* totals) {
    const float* input[kFusedRows];
    Preparation how = preparation(weight, first);
    for (int r = 0; r < rows; r++) {
      input[r] = x.row(from + r);
      if (!changes(how)) continue;
      float* prepared = inputs_ + r * weight.columns;
      kernels_.prepare(input[r], 0, weight.columns, how, prepared);
      input[r] = prepared;
    }
    bool grouped = weight.grouped();
    int32_t format = grouped ? LONGCAT_F32 : weight.format;
    int64_t element = grouped ? sizeof(float) : weight.row_bytes / weight.columns;
    for (int64_t i = 0; i < count; i += kernels_.weight_rows) {
      const uint8_t* rows_of_weight[kMaxWeightRows];
      int used = grouped ? decoded_rows(weight, first + i, count - i, rows_of_weight)
                         : stored_rows(weight, first + i, count - i, 0, rows_of_weight);
      for (int64_t column = 0; column < weight.columns; column += kBlockColumns) {
        int64_t n = std::min(kBlockColumns, weight.columns - column);
        float part[kFusedRows * kMaxWeightRows];
        int64_t ahead = grouped ? 0 : kernels_.weight_rows * weight.row_bytes;
        kernels_.products[format](rows_of_weight, input, rows, n, ahead, part);
        add(part, rows, used, column == 0, totals + i);
        for (int w = 0; w < kernels_.weight_rows; w++) rows_of_weight[w] += n * element;
        for (int r = 0; r < rows; r++) input[r] += n;
      }
      for (int r = 0; r < rows; r++) input[r] -= weight.columns;
    }
  }

  // Blocks of columns that fit near caches, decoded once, meet all rows.
  void many(const Weight& weight, int64_t first, int64_t count, const FloatRows& x, int64_t from,
            int64_t rows, float* totals) {
    int64_t groups = (rows + kInputRows - 1) / kInputRows;
    int64_t size = (rows + groups - 1) / groups;
    for (int64_t column = 0; column < weight.columns; column += kBlockColumns) {
      int64_t n = std::min(kBlockColumns, weight.columns - column);
      const float* block[kTileRows];
      for (int64_t i = 0; i < count; i++) block[i] = decoded(weight, first + i, i, column, n);
      for (int64_t r = 0; r < rows; r += size) {
        int group = static_cast<int>(std::min(size, rows - r));
        panel(weight, first, block, count, x, from + r, group, column, n,
              totals + r * kTileRows);
      }
    }
  }

  void panel(const Weight& weight, int64_t first, const float* const* block, int64_t count,
             const FloatRows& x, int64_t from, int rows, int64_t column, int64_t n,
             float* totals) {
    const float* input[kInputRows];
    Preparation how = preparation(weight, first);
    for (int r = 0; r < rows; r++) {
      input[r] = x.row(from + r) + column;
      if (!changes(how)) continue;
      float* prepared = inputs_ + r * kBlockColumns;
      kernels_.prepare(input[r] - column, column, n, how, prepared);
      input[r] = prepared;
    }
    for (int64_t i = 0; i < count; i += kernels_.weight_rows) {
      const uint8_t* rows_of_weight[kMaxWeightRows];
      int used = static_cast<int>(std::min<int64_t>(kernels_.weight_rows, count - i));
      for (int w = 0; w < kernels_.weight_rows; w++) {
        rows_of_weight[w] = reinterpret_cast<const uint8_t*>(block[i + std::min(w, used - 1)]);
      }
      float part[kInputRows * kMaxWeightRows];
      kernels_.products[LONGCAT_F32](rows_of_weight, input, rows, n, 0, part);
      add(part, rows, used, column == 0, totals + i);
    }
  }

  const float* decoded(const Weight& weight, int64_t row, int64_t i, int64_t column, int64_t n) {
    float* into = weights_ + i * kBlockColumns;
    if (weight.grouped()) {
      weight.decode_grouped(row, column, n, into);
      return into;
    }
    int64_t element = weight.row_bytes / weight.columns;
    const uint8_t* bytes = weight.row(row).bytes + column * element;
    // The next block of the row is wanted next.
    kernels_.plain[weight.format](bytes, n, kBlockColumns * element, into);
    return into;
  }

  int decoded_rows(const Weight& weight, int64_t first, int64_t count, const uint8_t** rows) const {
    int used = static_cast<int>(std::min<int64_t>(kernels_.weight_rows, count));
    for (int w = 0; w < kernels_.weight_rows; w++) {
      float* into = weights_ + std::min(w, used - 1) * weight.columns;
      if (w < used) weight.decode_grouped(first + w, 0, weight.columns, into);
      rows[w] = reinterpret_cast<const uint8_t*>(into);
    }
    return used;
  }

  int stored_rows(const Weight& weight, int64_t first, int64_t count, int64_t offset,
                  const uint8_t** rows) const {
    int used = static_cast<int>(std::min<int64_t>(kernels_.weight_rows, count));
    for (int w = 0; w < kernels_.weight_rows; w++) {
      rows[w] = weight.row(first + std::min(w, used - 1)).bytes + offset;
    }
    return used;
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
  bool fused_;
  float* inputs_;
  float* weights_;
};

// Calls body(first, count) for the rows, as many at a time as totals are held for.
template <class Body>
void each_total(int64_t rows, const Body& body) {
  for (int64_t first = 0; first < rows; first += kTotalRows) {
    body(first, std::min(kTotalRows, rows - first));
  }
}

}  // namespace longcat
