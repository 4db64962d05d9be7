#include "inputs.h"

#include <algorithm>

#include "number_formats.h"

namespace longcat {

namespace {

// One chunk, of which count columns are there.
void arrange_chunk(const Kernels& kernels, int32_t format, const float* from, int64_t count,
                   bool round, float* out) {
  float copy[kChunk] = {};
  if (round) {
    for (int64_t i = 0; i < count; i++) copy[i] = round_to_bf16(from[i]);
  } else {
    std::copy(from, from + count, copy);
  }
  const uint8_t* order = kernels.order[format];
  if (kernels.arrange[format] != nullptr) {
    kernels.arrange[format](copy, out);
  } else if (order == nullptr) {
    std::copy(copy, copy + kChunk, out);
  } else {
    for (int64_t i = 0; i < kChunk; i++) out[i] = copy[order[i]];
  }
}

}  // namespace

void restore_order(const uint8_t* order, const float* from, int64_t columns, float* out) {
  if (order == nullptr) {
    std::copy(from, from + columns, out);
    return;
  }
  for (int64_t chunk = 0; chunk < columns; chunk += kChunk) {
    if (columns - chunk >= kChunk) {
      for (int64_t i = 0; i < kChunk; i++) out[chunk + order[i]] = from[chunk + i];
      continue;
    }
    for (int64_t i = 0; i < kChunk; i++) {
      if (chunk + order[i] < columns) out[chunk + order[i]] = from[chunk + i];
    }
  }
}

// Rows that lie ready need no copy.
bool Inputs::as_is(int kind) const {
  if (kind == kInTiles || kind % 2 != 0 || columns_ % kChunk != 0) return false;
  const Kernels& kernels = *context_.kernels;
  return kernels.order[kind / 2] == nullptr && kernels.arrange[kind / 2] == nullptr;
}

int64_t Inputs::stride(int kind) const {
  if (kind != kInTiles) return input_stride(columns_);
  return chunks_of(columns_) * tile_chunk_floats(tile_terms(context_)) + 16;
}

int64_t Inputs::bytes() const {
  int64_t bytes = 0;
  for (int kind = 0; kind < kKinds; kind++) {
    if ((kinds_ >> kind & 1) == 0 || as_is(kind)) continue;
    bytes += Scratch::bytes<float>(rows_ * stride(kind));
  }
  return bytes;
}

void Inputs::arrange(const FloatRows& x, char* memory) {
  for (int kind = 0; kind < kKinds; kind++) {
    if ((kinds_ >> kind & 1) == 0) continue;
    if (as_is(kind)) {
      arranged_[kind] = x;
      continue;
    }
    float* out = reinterpret_cast<float*>(memory);
    memory += Scratch::bytes<float>(rows_ * stride(kind));
    if (kind == kInTiles) {
      arrange_tiles(x, out);
    } else {
      arrange(kind, x, out);
    }
    arranged_[kind] = {out, stride(kind), nullptr};
  }
}

void Inputs::arrange(int kind, const FloatRows& x, float* out) const {
  int64_t stride = input_stride(columns_);
  context_.run(rows_, rows_ * columns_, [&](int64_t row, int) {
    const float* from = x.row(row);
    for (int64_t column = 0; column < columns_; column += kChunk) {
      arrange_chunk(*context_.kernels, kind / 2, from + column,
                    std::min(kChunk, columns_ - column), kind % 2 != 0,
                    out + row * stride + column);
    }
  });
}

void Inputs::arrange_tiles(const FloatRows& x, float* out) const {
  bool round = context_.numerics == LONGCAT_ROUNDED;
  context_.run(rows_, rows_ * columns_, [&](int64_t row, int) {
    context_.kernels->tiles->arrange(x.row(row), columns_, round, tile_terms(context_),
                                     out + row * stride(kInTiles));
  });
}

}  // namespace longcat
