#include "inputs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "number_formats.h"

namespace longcat {

namespace {

// To E4M3 with a common scale; no numbers where one of them is none.
void quantise(const float* from, int64_t count, float* out) {
  float largest = 0;
  bool finite = true;
  for (int64_t i = 0; i < count; i++) {
    largest = std::max(largest, std::fabs(from[i]));
    finite = finite && std::isfinite(from[i]);
  }
  float scale = std::max(largest / kFp8Largest, kSmallestNormal);
  if (!finite) scale = std::numeric_limits<float>::quiet_NaN();
  for (int64_t i = 0; i < count; i++) {
    out[i] = fp8_to_float_by_256(float_to_fp8(from[i] / scale)) * kFp8Factor * scale;
  }
}

// What inputs become.
enum class Rounding { kNone, kBf16, kFp8 };

// One chunk, of which count columns are there.
void arrange_chunk(const Kernels& kernels, int32_t format, const float* from, int64_t count,
                   Rounding rounding, bool halves, float* out) {
  float copy[kChunk] = {};
  if (rounding == Rounding::kFp8) {
    int64_t block = halves ? kHalfChunk : kChunk;
    for (int64_t i = 0; i < count; i += block) {
      quantise(from + i, std::min(block, count - i), copy + i);
    }
  } else if (rounding == Rounding::kBf16) {
    for (int64_t i = 0; i < count; i++) copy[i] = round_to_bf16(from[i]);
  } else {
    std::copy(from, from + count, copy);
  }
  const uint8_t* order = kernels.order[format];
  if (kernels.arrange[format] != nullptr) {
    kernels.arrange[format](copy, halves, out);
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

bool slices_in_place(const Context& context, const Weight& weight) {
  const Weight& slice = weight.slice(0);
  if (weight.slice_count() == 1 || weight.slice_count() > kMostSlices) return false;
  if (!slice.in_chunks || in_tiles(context, slice)) return false;
  bool half = slice.columns == kHalfChunk && context.kernels->halves[slice.format];
  return slice.columns % kChunk == 0 || half;
}

bool Inputs::close(int kind) const {
  bool in_place = kind < kInTiles && kind / 2 % 2 != 0;
  return in_place && columns_ == kHalfChunk;
}

// Rows that lie ready need no copy.
bool Inputs::as_is(int kind) const {
  bool whole = close(kind) || columns_ % kChunk == 0;
  if (kind == kInTiles || kind % 2 != 0 || !whole) return false;
  const Kernels& kernels = *context_.kernels;
  return kernels.order[format_of(kind)] == nullptr &&
         kernels.arrange[format_of(kind)] == nullptr;
}

int64_t Inputs::slice_stride(int kind) const {
  int64_t chunks = chunks_of(columns_);
  if (close(kind)) return columns_;
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
  int64_t parts = this->parts(kind);
  int64_t columns = columns_ * slices_ / parts;
  Rounding rounding = kind % 2 == 0          ? Rounding::kNone
                      : kind / 4 % 2 == 0 ? Rounding::kBf16
                                             : Rounding::kFp8;
  context_.run(rows_ * parts, rows_ * slices_ * columns_, [&](int64_t item, int) {
    int64_t row = item / parts;
    int64_t part = item % parts;
    const float* from = x.row(row) + part * columns;
    float* into = out + row * stride(kind) + part * slice_stride(kind);
    for (int64_t column = 0; column < columns; column += kChunk) {
      arrange_chunk(*context_.kernels, format_of(kind), from + column,
                    std::min(kChunk, columns - column), rounding, close(kind), into + column);
    }
  });
}

void Inputs::arrange_tiles(const FloatRows& x, float* out) const {
  bool round = context_.numerics != LONGCAT_EXACT;
  context_.run(rows_ * slices_, rows_ * slices_ * columns_, [&](int64_t item, int) {
    int64_t row = item / slices_;
    int64_t slice = item % slices_;
    context_.kernels->tiles->arrange(
        x.row(row) + slice * columns_, columns_, round, tile_terms(context_),
        out + row * stride(kInTiles) + slice * slice_stride(kInTiles));
  });
}

}  // namespace longcat
