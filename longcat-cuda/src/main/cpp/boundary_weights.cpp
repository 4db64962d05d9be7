// Weights on their way to the device.
#include <algorithm>
#include <cstring>

#include "backend.h"
#include "elements.h"

using namespace longcat::cuda;

namespace {

// Of a row as it is stored; a scale is never part of it.
int64_t stored_bytes(int32_t format, int64_t columns) {
  return format == LONGCAT_CUDA_FP8 ? columns : packed_bytes(format, columns);
}

int64_t padded(int64_t bytes) { return parts(bytes, 16) * 16; }

int32_t take_weight(Backend& backend, WeightView& weight) {
  int64_t scale_rows = parts(weight.rows, weight.block_rows);
  bool blocks = weight.format == LONGCAT_CUDA_FP8;
  bool groups = weight.format == LONGCAT_CUDA_INT8 || weight.format == LONGCAT_CUDA_INT4;
  int64_t scale_bytes = scale_rows * weight.scale_columns * (blocks ? 4 : groups ? 2 : 0);
  auto bytes = static_cast<uint64_t>(weight.rows * weight.row_bytes);
  Address data = 0;
  int32_t status = backend.context->take(bytes, "a weight", &data);
  Address scales = 0;
  if (status == kOk && scale_bytes > 0) {
    status = backend.context->take(static_cast<uint64_t>(scale_bytes), "a weight", &scales);
  }
  // Also what lies between the rows.
  if (status == kOk) {
    status = backend.context->check(
        backend.driver->fill(data, 0, bytes, backend.setup->stream.handle()), "cuMemsetD8Async");
  }
  if (status != kOk && data != 0) backend.context->arena().give(data);
  if (status != kOk && scales != 0) backend.context->arena().give(scales);
  weight.data = reinterpret_cast<const unsigned char*>(data);
  if (blocks) weight.scales = reinterpret_cast<const float*>(scales);
  if (groups) weight.factors = reinterpret_cast<const unsigned short*>(scales);
  return status;
}

// As many rows as a slot holds, with what lies between them.
int32_t send_padded(Lane& lane, Address into, const uint8_t* bytes, int64_t rows, int64_t stored,
                    int64_t padded) {
  StreamHandle stream = lane.stream.handle();
  int64_t most = lane.staging.slot_bytes() / padded;
  for (int64_t row = 0; row < rows;) {
    Address target = into + static_cast<Address>(row * padded);
    int32_t status = kOk;
    if (most == 0) {
      status = lane.staging.send(target, bytes + row * stored, stored, stream);
      row++;
    } else {
      int64_t count = std::min(most, rows - row);
      uint8_t* slot = lane.staging.slot();
      if (slot == nullptr) return kFailed;
      for (int64_t i = 0; i < count; i++) {
        uint8_t* at = slot + i * padded;
        std::memcpy(at, bytes + (row + i) * stored, static_cast<size_t>(stored));
        std::memset(at + stored, 0, static_cast<size_t>(padded - stored));
      }
      status = lane.staging.send(target, count * padded, stream);
      row += count;
    }
    if (status != kOk) return status;
  }
  return kOk;
}

}  // namespace

extern "C" {

int64_t longcat_cuda_weight_open(int64_t backend, int32_t format, int64_t rows, int64_t columns,
                                 int64_t block_rows, int64_t block_columns, int64_t scale_columns,
                                 int32_t slices) noexcept {
  return made([&]() -> WeightView* {
    Backend& b = backend_at(backend);
    if (b.context->enter() != kOk) return nullptr;
    auto weight = std::make_unique<WeightView>();
    *weight = {};
    weight->rows = rows;
    weight->columns = columns;
    weight->row_bytes = padded(stored_bytes(format, columns));
    weight->block_rows = block_rows;
    weight->block_columns = block_columns;
    weight->scale_columns = scale_columns;
    weight->format = format;
    weight->slices = slices;
    if (take_weight(b, *weight) != kOk) return nullptr;
    b.loading = true;
    b.weights.push_back(std::move(weight));
    return b.weights.back().get();
  });
}

int32_t longcat_cuda_weight_rows(int64_t backend, int64_t weight, int64_t first, int64_t rows,
                                 const void* bytes, int64_t length) noexcept {
  return guarded([&] {
    Backend& b = backend_at(backend);
    const WeightView& w = weight_at(weight);
    int64_t stored = stored_bytes(w.format, w.columns);
    if (first < 0 || rows < 0 || rows > w.rows - first || rows * stored > length) return kMisfit;
    int32_t status = b.context->enter();
    if (status != kOk) return status;
    b.loading = true;
    auto into = reinterpret_cast<Address>(w.data) + static_cast<Address>(first * w.row_bytes);
    auto* from = static_cast<const uint8_t*>(bytes);
    if (stored == w.row_bytes) {
      return b.setup->staging.send(into, from, rows * stored, b.setup->stream.handle());
    }
    return send_padded(*b.setup, into, from, rows, stored, w.row_bytes);
  });
}

int32_t longcat_cuda_weight_factors(int64_t backend, int64_t weight, int64_t first_byte,
                                    const void* bytes, int64_t length) noexcept {
  return guarded([&] {
    Backend& b = backend_at(backend);
    const WeightView& w = weight_at(weight);
    int64_t size = w.scales != nullptr ? 4 : w.factors != nullptr ? 2 : 0;
    int64_t whole = parts(w.rows, w.block_rows) * w.scale_columns * size;
    if (first_byte < 0 || length < 0 || length > whole - first_byte) return kMisfit;
    int32_t status = b.context->enter();
    if (status != kOk) return status;
    b.loading = true;
    auto into = w.scales != nullptr ? reinterpret_cast<Address>(w.scales)
                                    : reinterpret_cast<Address>(w.factors);
    return b.setup->staging.send(into + static_cast<Address>(first_byte), bytes, length,
                                 b.setup->stream.handle());
  });
}

int64_t longcat_cuda_experts_open(int64_t backend, const int64_t* weights, int64_t count,
                                  int32_t slices) noexcept {
  return made([&]() -> ExpertGroup* {
    Backend& b = backend_at(backend);
    if (b.context->enter() != kOk) return nullptr;
    auto group = std::make_unique<ExpertGroup>();
    group->slices = slices;
    for (int64_t i = 0; i < count; i++) {
      group->on_host.push_back({weight_at(weights[3 * i]), weight_at(weights[3 * i + 1]),
                                weight_at(weights[3 * i + 2])});
    }
    auto bytes = static_cast<int64_t>(group->on_host.size() * sizeof(ExpertView));
    if (count > 0) {
      if (b.context->take(static_cast<uint64_t>(bytes), "a group of experts",
                          &group->on_device) != kOk) {
        return nullptr;
      }
      b.loading = true;
      if (b.setup->staging.send(group->on_device, group->on_host.data(), bytes,
                                b.setup->stream.handle()) != kOk) {
        return nullptr;
      }
    }
    b.groups.push_back(std::move(group));
    return b.groups.back().get();
  });
}

}  // extern "C"
