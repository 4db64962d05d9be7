#include "elements.h"

#include <algorithm>
#include <vector>

namespace longcat::cuda {

using device::kElementColumns;
using device::kElementThreads;
using device::kJoined;
using device::MatrixView;
using device::Partials;
using device::RowsView;

namespace {

// Blocks for runs of columns of all rows.
Blocks blocks_of(int64_t rows, int64_t columns) {
  return {rows, parts(columns, kElementColumns), kElementThreads, 0};
}

Blocks blocks_of_rows(int64_t rows) { return {rows, 1, kElementThreads, 0}; }

int32_t join_few(Launcher& launcher, const MatrixView* partials, int64_t count,
                 const MatrixView& into) {
  Partials few{};
  few.count = static_cast<int>(count);
  for (int64_t i = 0; i < count; i++) {
    few.data[i] = partials[i].data;
    few.strides[i] = partials[i].stride;
  }
  return run(launcher, "join_rows", blocks_of(into.rows, into.columns), few, into);
}

}  // namespace

int32_t zero(Launcher& launcher, const MatrixView& into) {
  return run(launcher, "zero_rows", blocks_of(into.rows, into.columns), into);
}

int32_t copy(Launcher& launcher, const RowsView& from, const RowsView& into) {
  auto words = static_cast<long long>(parts(packed_bytes(into.format, into.columns), 4));
  return run(launcher, "copy_rows", blocks_of(into.rows, words),
             const_cast<const unsigned char*>(from.data), from.row_bytes, into.data,
             into.row_bytes, words);
}

int32_t add(Launcher& launcher, const MatrixView& from, const MatrixView& into) {
  return run(launcher, "add_rows", blocks_of(into.rows, into.columns), from, into);
}

// Runs of a power of two are subtrees: so they are summed first, each for itself.
int32_t join(Launcher& launcher, const MatrixView* partials, int64_t count,
             const MatrixView& into) {
  if (count <= kJoined) return join_few(launcher, partials, count, into);
  int64_t runs = parts(count, kJoined);
  int64_t numbers = into.rows * into.columns;
  auto* sums = reinterpret_cast<float*>(
      launcher.workspace(2 * runs * numbers * static_cast<int64_t>(sizeof(float))));
  if (sums == nullptr) return kNoMemory;
  std::vector<MatrixView> level(partials, partials + count);
  while (static_cast<int64_t>(level.size()) > kJoined) {
    std::vector<MatrixView> above;
    for (size_t first = 0; first < level.size(); first += kJoined) {
      auto few = static_cast<int64_t>(std::min<size_t>(kJoined, level.size() - first));
      MatrixView sum{sums, into.rows, into.columns, into.columns};
      sums += numbers;
      int32_t status = join_few(launcher, &level[first], few, sum);
      if (status != kOk) return status;
      above.push_back(sum);
    }
    level = above;
  }
  return join_few(launcher, level.data(), static_cast<int64_t>(level.size()), into);
}

int32_t add_embeddings(Launcher& launcher, const device::WeightView& table, const int32_t* ids,
                       const MatrixView& into) {
  return run(launcher, "add_embeddings", blocks_of(into.rows, into.columns), table, ids, into);
}

int32_t rms_norm(Launcher& launcher, const MatrixView& x, const device::WeightView& gain,
                 float epsilon, float scale, const MatrixView& into) {
  return run(launcher, "rms_norm", blocks_of_rows(into.rows), x, gain, epsilon, scale, into);
}

int32_t rotate(Launcher& launcher, const MatrixView& x, const device::RotaryView& rotary,
               const device::PlanView& plan) {
  int64_t shared = 2 * rotary.pairs * static_cast<int64_t>(sizeof(float));
  if (rotary.pairs == 0) return kOk;
  if (shared > launcher.shared_bytes()) {
    return launcher.fail(kMisfit, "rotate: there are more columns than a block has memory for");
  }
  return run(launcher, "rotate_rows", Blocks{x.rows, rotary.groups, kElementThreads, shared}, x,
             rotary, plan);
}

int32_t add_norm(Launcher& launcher, const MatrixView& first, const MatrixView& second,
                 const MatrixView& x, const device::WeightView& gain, float epsilon, float scale,
                 const MatrixView& into) {
  return run(launcher, "add_norm", blocks_of_rows(into.rows), first, second, x, gain, epsilon,
             scale, into);
}

int32_t place(Launcher& launcher, const MatrixView& queries, const MatrixView& rows,
              int64_t latent, const device::WeightView& gain, float epsilon, float scale,
              const device::RotaryView& rotary, const device::PlanView& plan,
              const RowsView& cache) {
  int64_t shared = 2 * rotary.pairs * static_cast<int64_t>(sizeof(float));
  if (shared > launcher.shared_bytes()) {
    return launcher.fail(kMisfit, "place: there are more columns than a block has memory for");
  }
  return run(launcher, "place_rows", Blocks{rows.rows, rotary.groups + 1, kElementThreads, shared},
             queries, rows, static_cast<long long>(latent), gain, epsilon, scale, rotary, plan,
             cache);
}

int32_t scatter(Launcher& launcher, const MatrixView& from, const device::PlanView& plan,
                const RowsView& cache) {
  return run(launcher, "scatter_rows", blocks_of_rows(from.rows), from, plan, cache);
}

int64_t packed_bytes(int32_t format, int64_t columns) {
  switch (format) {
    case device::kF32:
      return 4 * columns;
    case device::kBf16:
    case device::kF16:
      return 2 * columns;
    case device::kFp8:
      return device::fp8_scale_offset(columns) + 4;
    case device::kInt8:
      return columns;
    default:
      return (columns + 1) / 2;
  }
}

int64_t row_bytes(int32_t format, int64_t columns) {
  return parts(packed_bytes(format, columns), 16) * 16;
}

}  // namespace longcat::cuda
