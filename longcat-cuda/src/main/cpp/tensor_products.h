// Products on tensor cores: which weights they take, and their kernels.
#pragma once

#include "operations.h"
#include "tensor_view.h"

namespace longcat::cuda {

// Whether products with a weight go over tensor cores: by its format, and by the columns of a slice
// and of the blocks within it, so that a slice goes the same way wherever it is cut from.
bool on_tensor_cores(const WeightView& weight);

// How the kernels for a format are called, and the BF16 terms of their inputs.
struct TensorFormat {
  const char* name;
  int32_t terms;
  int32_t exponent;  // inputs are as large as two to this
  bool scaled;       // inputs are E4M3 with a factor for every chunk, and no terms

  static TensorFormat of(const Launcher& launcher, int32_t format);
  // Of what attention expands, which becomes BF16 at most.
  static TensorFormat of_values(const Launcher& launcher, int32_t format);

  int64_t input_bytes() const { return scaled ? 1 : 2 * terms; }  // of a column
};

// Rows of the input that a kernel takes at once: 8 has its own kernels, others are tiles.
constexpr int64_t kFewRows = 8;

int64_t largest_tile(const TensorFormat& format);

int64_t terms_bytes(const TensorFormat& format, int64_t rows, int64_t columns);

device::TermsView terms_view(uint8_t* memory, const TensorFormat& format, int64_t rows,
                             int64_t columns, int32_t slices);

// counted, if not null, is where the device has the number of rows.
int32_t split_inputs(Launcher& launcher, const TensorFormat& format, const MatrixView& x,
                     const device::TermsView& into, const int32_t* counted);

// Of a kernel for tiles of rows, over at most so many blocks.
struct TileLaunch {
  int64_t tile;   // rows of the input at a time
  int64_t items;  // of rows, slices and runs; times blocks of outputs
  int64_t most_blocks;
};

int32_t multiply_tiles(Launcher& launcher, const TensorFormat& format, const TileLaunch& how,
                       const device::TensorJob& job);

// Of a kernel that takes kFewRows at a time and cuts inputs into terms itself.
struct FewLaunch {
  bool gated;
  int64_t rows;   // of an item at most
  int64_t items;  // of rows and, where they are not joined, slices; times blocks of outputs
  int64_t most_blocks;
};

// Columns and slices of the job's inputs are those of its terms, of which there are none.
device::TermsView no_terms(int64_t rows, int64_t columns, int32_t slices);

int32_t multiply_few(Launcher& launcher, const TensorFormat& format, const FewLaunch& how,
                     const MatrixView& x, device::TensorJob job);

// How rows are normed before they are multiplied.
struct NormRule {
  const WeightView& gain;
  float epsilon;
  float scale;
};

int32_t tensor_linear(Launcher& launcher, const WeightView& weight, const WeightView& bias,
                      const MatrixView& x, const MatrixView& into);
// Of so few rows that one launch makes two products of the same inputs, or norms them before one.
bool in_one_launch(const WeightView& weight, int64_t rows);
int32_t tensor_pair(Launcher& launcher, const Product& first, const Product& second,
                    const MatrixView& x);
int32_t tensor_normed(Launcher& launcher, const NormRule& norm, const WeightView& weight,
                      const MatrixView& x, const MatrixView& into);
int32_t tensor_gated(Launcher& launcher, const WeightView& gate, const WeightView& up,
                     const MatrixView& x, const MatrixView& into);

}  // namespace longcat::cuda
