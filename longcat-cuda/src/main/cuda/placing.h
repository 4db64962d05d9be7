// How rows of the cache are made ready and written, and queries rotated.
#pragma once

#include "norm.h"

namespace longcat::device {

struct Rotated {
  float even;
  float odd;
};

DEVICE Rotated rotated(float even, float odd, const RotaryView& rotary, i32 pair,
                       double position) {
  double angle = position * load(rotary.frequencies + pair);
  float cosine = static_cast<float>(cos_d(angle) * rotary.magnitude);
  float sine = static_cast<float>(sin_d(angle) * rotary.magnitude);
  return {even * cosine - odd * sine, odd * cosine + even * sine};
}

// Rotates the pairs that end where a group ends, by a block; they are in shared memory while they
// change places.
DEVICE void rotate_group(float* end, const RotaryView& rotary, double position) {
  auto* pairs = reinterpret_cast<float*>(dynamic_shared());
  float* first = end - 2 * rotary.pairs;
  for (i32 i = thread_index(); i < 2 * rotary.pairs; i += kElementThreads) {
    pairs[i] = load(first + i);
  }
  sync_block();
  for (i32 i = thread_index(); i < rotary.pairs; i += kElementThreads) {
    Rotated turned = rotated(pairs[2 * i], pairs[2 * i + 1], rotary, i, position);
    store(first + i, turned.even);
    store(first + rotary.pairs + i, turned.odd);
  }
}

// The largest number of a row becomes the largest of FP8.
DEVICE float fp8_scale(const float* row, i64 columns) {
  SHARED(float, largest, kElementThreads);
  float mine = 0;
  for (i64 i = thread_index(); i < columns; i += kElementThreads) {
    float magnitude = bits_to_float(float_to_bits(load(row + i)) & 0x7fffffffu);
    if (magnitude > mine) mine = magnitude;
  }
  largest[thread_index()] = mine;
  for (i32 half = kElementThreads / 2; half > 0; half /= 2) {
    sync_block();
    float other = thread_index() < half ? largest[thread_index() + half] : 0.0f;
    if (other > largest[thread_index()]) largest[thread_index()] = other;
  }
  sync_block();
  float most = largest[0];
  float scale = most > 0 && most < bits_to_float(0x7f800000u) ? divide_f(most, 448.0f) : 1.0f;
  // A scale below the normal numbers would not divide to 448.
  return scale < 0x1p-126f ? 0x1p-126f : scale;
}

DEVICE void scatter_row(const float* source, i64 columns, const RowsView& cache, i64 slot) {
  u8* target = cache.data + slot * cache.row_bytes;
  float scale = cache.format == kFp8 ? fp8_scale(source, columns) : 1.0f;
  for (i64 i = thread_index(); i < columns; i += kElementThreads) {
    float number = load(source + i);
    if (cache.format == kF32) {
      store(reinterpret_cast<float*>(target) + i, number);
    } else if (cache.format == kBf16) {
      store(reinterpret_cast<u16*>(target) + i, to_bf16(number));
    } else {
      store(target + i, to_fp8(divide_f(number, scale)));
    }
  }
  if (cache.format == kFp8 && thread_index() == 0) {
    store(reinterpret_cast<float*>(target + fp8_scale_offset(columns)), scale);
  }
}

// Norms the latent that a row begins with, rotates the key behind it, and caches both.
DEVICE void place_row(const MatrixView& rows, i64 index, const LatentNorm& norm,
                      const RotaryView& rotary, const PlanView& plan, const RowsView& cache) {
  float* row = rows.data + index * rows.stride;
  norm_row(row, norm.latent, squares_of(row, norm.latent), norm.gain, norm.epsilon, norm.scale,
           row);
  rotate_group(row + rows.columns, rotary, load(&plan.rows[index].position));
  sync_block();
  scatter_row(row, rows.columns, cache, load(&plan.rows[index].slot));
}

}  // namespace longcat::device
