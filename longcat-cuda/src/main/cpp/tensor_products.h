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

// Of a kernel, tile rows of the input at a time, over at most so many blocks.
struct TensorLaunch {
  bool gated;
  int64_t tile;
  int64_t items;  // of rows, slices and runs; times blocks of outputs
  int64_t most_blocks;
};

int32_t multiply(Launcher& launcher, const TensorFormat& format, const TensorLaunch& how,
                 const device::TensorJob& job);

int32_t tensor_linear(Launcher& launcher, const WeightView& weight, const WeightView& bias,
                      const MatrixView& x, const MatrixView& into);
int32_t tensor_gated(Launcher& launcher, const WeightView& gate, const WeightView& up,
                     const MatrixView& x, const MatrixView& into);

}  // namespace longcat::cuda
