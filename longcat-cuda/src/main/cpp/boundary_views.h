// Handles and addresses as views of what kernels work on.
#pragma once

#include "backend.h"

namespace longcat::cuda {

inline const WeightView* optional(int64_t weight) {
  return weight == 0 ? nullptr : &weight_at(weight);
}

inline PicksView picks_at(int64_t ids, int64_t weights, int64_t top_k) {
  return {reinterpret_cast<int*>(ids), reinterpret_cast<float*>(weights),
          static_cast<int>(top_k)};
}

inline RowsView rows_at(int64_t address, int64_t rows, int64_t columns, int64_t row_bytes,
                 int32_t format) {
  return {reinterpret_cast<unsigned char*>(address), rows, columns, row_bytes, format};
}

inline ExpertsView experts_at(int64_t handle) {
  auto& group = *reinterpret_cast<ExpertGroup*>(handle);
  return {reinterpret_cast<const ExpertView*>(group.on_device), group.on_host.data(),
          static_cast<int32_t>(group.on_host.size()), group.slices};
}

}  // namespace longcat::cuda
