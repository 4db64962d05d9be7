// Dense products.
#include <algorithm>

#include "elements.h"
#include "operations.h"
#include "tensor_products.h"

namespace longcat::cuda {

namespace {

constexpr int64_t kTile = 8;  // kGeneralRows, kGeneralWarps
constexpr int64_t kMostBlocksY = 65535;
// Of sums of slices that wait to be joined.
constexpr int64_t kMostPartials = 64 << 20;

MatrixView rows_of(const MatrixView& matrix, int64_t first, int64_t count) {
  return {matrix.data + first * matrix.stride, count, matrix.columns, matrix.stride};
}

int32_t linear_rows(Launcher& launcher, const WeightView& weight, const WeightView& bias,
                    const MatrixView& x, const MatrixView& into, float* partials) {
  int32_t rounding = launcher.rounding(weight.format);
  Blocks grid{parts(weight.rows, kTile) * weight.slices, parts(x.rows, kTile), 256, 0};
  int32_t status = run(launcher, "linear_any", grid, weight, bias, x, into, partials, rounding);
  if (status != 0 || weight.slices == 1) return status;
  Blocks join{parts(into.rows * into.columns, 256), 1, 256, 0};
  return run(launcher, "join_slices", join, static_cast<const float*>(partials),
             static_cast<int32_t>(weight.slices), bias, into);
}

}  // namespace

int32_t linear(Launcher& launcher, const WeightView& weight, const WeightView* bias,
               const MatrixView& x, const MatrixView& into) {
  WeightView added = bias != nullptr ? *bias : WeightView{};
  if (on_tensor_cores(weight)) return tensor_linear(launcher, weight, added, x, into);
  int64_t row_bytes = weight.rows * weight.slices * static_cast<int64_t>(sizeof(float));
  int64_t most = kTile * kMostBlocksY;
  if (weight.slices > 1) most = std::max<int64_t>(kTile, kMostPartials / row_bytes);
  for (int64_t first = 0; first < x.rows; first += most) {
    int64_t count = std::min<int64_t>(most, x.rows - first);
    float* partials = nullptr;
    if (weight.slices > 1) {
      partials = reinterpret_cast<float*>(launcher.workspace(count * row_bytes));
      if (partials == nullptr) return kNoMemory;
    }
    int32_t status = linear_rows(launcher, weight, added, rows_of(x, first, count),
                                 rows_of(into, first, count), partials);
    if (status != 0) return status;
  }
  return 0;
}

int32_t linear_pair(Launcher& launcher, const Product& first, const Product& second,
                    const MatrixView& x) {
  bool plain = first.weight.slices == 1 && second.weight.slices == 1;
  if (plain && first.weight.format == second.weight.format &&
      in_one_launch(first.weight, x.rows) && in_one_launch(second.weight, x.rows)) {
    return tensor_pair(launcher, first, second, x);
  }
  int32_t status = linear(launcher, first.weight, &first.bias, x, first.into);
  return status != 0 ? status : linear(launcher, second.weight, &second.bias, x, second.into);
}

int32_t norm_linear(Launcher& launcher, const WeightView& gain, float epsilon, float scale,
                    const WeightView& weight, const MatrixView& x, const MatrixView& into) {
  if (in_one_launch(weight, x.rows)) {
    return tensor_normed(launcher, {gain, epsilon, scale}, weight, x, into);
  }
  int32_t status = rms_norm(launcher, x, gain, epsilon, scale, x);
  return status != 0 ? status : linear(launcher, weight, nullptr, x, into);
}

int32_t gated_linear(Launcher& launcher, const WeightView& gate, const WeightView& up,
                     const MatrixView& x, const MatrixView& into) {
  if (gate.format == up.format && on_tensor_cores(gate) && on_tensor_cores(up)) {
    return tensor_gated(launcher, gate, up, x, into);
  }
  int64_t most = kTile * kMostBlocksY;
  for (int64_t first = 0; first < x.rows; first += most) {
    int64_t count = std::min<int64_t>(most, x.rows - first);
    Blocks grid{parts(gate.rows, kTile), parts(count, kTile), 256, 0};
    int32_t status = run(launcher, "gated_any", grid, gate, up, rows_of(x, first, count),
                         rows_of(into, first, count), launcher.rounding(gate.format),
                         launcher.rounding(up.format));
    if (status != 0) return status;
  }
  return 0;
}

}  // namespace longcat::cuda
