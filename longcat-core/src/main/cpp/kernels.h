// The inner loops that exist once for each instruction set, behind a table of function pointers.
#pragma once

#include <cstdint>

#include "longcat_cpu.h"

namespace longcat {

// Columns a step of the widest instruction set takes; scales of blocks that are multiples of it
// can be applied inside the products.
constexpr int64_t kStep = 16;
// Rows of inputs that a product takes at once.
constexpr int kInputRows = 4;
// Upper bound of Kernels::weight_rows.
constexpr int kMaxWeightRows = 4;

inline int64_t padded(int64_t columns) { return (columns + kStep - 1) / kStep * kStep; }

// A row of a weight as it lies in its file: not aligned.
struct StoredRow {
  const uint8_t* bytes;
  const float* scales;  // one for each block of columns, or null
  int64_t block;        // columns of a block
};

// Rows of F32, consecutive or picked by index.
struct FloatRows {
  const float* base;
  int64_t stride;
  const int32_t* index;  // or null

  const float* row(int64_t i) const { return base + stride * (index ? index[i] : i); }
};

// Every element of a result is computed by one fixed sequence of operations, whatever the number
// of rows or queries beside it.
struct Kernels {
  // Rows of a weight that a product takes at once.
  int weight_rows;
  // out[r * weight_rows + w] = sum of weight row w times input row r, by format. Blocks of scales
  // must be whole steps or at least n long. 1 <= input_rows <= kInputRows.
  void (*products[4])(const StoredRow* weight, const float* const* input, int input_rows,
                      int64_t n, float* out);
  // out[i] = number i of the row, by format; blocks of any size.
  void (*decode[4])(const StoredRow& row, int64_t n, float* out);
  // out[q][c] += sum of weights[q][i] * row i [c] for from <= i < to. 1 <= queries <= kInputRows.
  void (*mix)(const FloatRows& rows, int64_t from, int64_t to, const float* const* weights,
              int queries, int64_t n, float* const* out);
  // Exponentials divided by their sum.
  void (*softmax)(float* values, int64_t n);
  // into[i] = silu(gate[i]) * up[i].
  void (*gate)(const float* gate, const float* up, int64_t n, float* into);
};

// Null where this build has no such kernels.
const Kernels* generic_kernels();
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();

// Null where the processor lacks the instruction set.
const Kernels* select_kernels(int32_t instruction_set);

}  // namespace longcat
