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

int64_t Inputs::slice_stride(int kind) const {
  int64_t chunks = chunks_of(columns_);
  return kind == kInTiles ? chunks * tile_chunk_floats(tile_terms(context_)) + 16
                          : chunks * kChunk;
}

int64_t Inputs::stride(int kind) const {
  return slices_ * slice_stride(kind) + (kind == kInTiles ? 0 : 16);
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
      arranged_[kind] = {x.base, x.stride, x.index, columns_};
      continue;
    }
    float* out = reinterpret_cast<float*>(memory);
    memory += Scratch::bytes<float>(rows_ * stride(kind));
    if (kind == kInTiles) {
      arrange_tiles(x, out);
    } else {
      arrange(kind, x, out);
    }
    arranged_[kind] = {out, stride(kind), nullptr, slice_stride(kind)};
  }
}

void Inputs::arrange(int kind, const FloatRows& x, float* out) const {
  context_.run(rows_ * slices_, rows_ * slices_ * columns_, [&](int64_t item, int) {
    int64_t row = item / slices_;
    int64_t slice = item % slices_;
    const float* from = x.row(row) + slice * columns_;
    float* into = out + row * stride(kind) + slice * slice_stride(kind);
    for (int64_t column = 0; column < columns_; column += kChunk) {
      arrange_chunk(*context_.kernels, kind / 2, from + column,
                    std::min(kChunk, columns_ - column), kind % 2 != 0, into + column);
    }
  });
}

void Inputs::arrange_tiles(const FloatRows& x, float* out) const {
  bool round = context_.numerics == LONGCAT_ROUNDED;
  context_.run(rows_ * slices_, rows_ * slices_ * columns_, [&](int64_t item, int) {
    int64_t row = item / slices_;
    int64_t slice = item % slices_;
    context_.kernels->tiles->arrange(
        x.row(row) + slice * columns_, columns_, round, tile_terms(context_),
        out + row * stride(kInTiles) + slice * slice_stride(kInTiles));
  });
}

}  // namespace longcat
