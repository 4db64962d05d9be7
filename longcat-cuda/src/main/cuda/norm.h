// Norms of rows by blocks of kElementThreads threads.
#pragma once

#include "decode.h"
#include "elements_view.h"

namespace longcat::device {

// The sum over all threads of a block, in an order that depends on nothing.
DEVICE double sum_block_double(double value) {
  SHARED(double, parts, kElementThreads);
  parts[thread_index()] = value;
  for (i32 half = kElementThreads / 2; half > 0; half /= 2) {
    sync_block();
    if (thread_index() < half) parts[thread_index()] += parts[thread_index() + half];
  }
  sync_block();
  double sum = parts[0];
  sync_block();
  return sum;
}

DEVICE double squares_of(const float* source, i64 columns) {
  double squares = 0;
  for (i64 i = thread_index(); i < columns; i += kElementThreads) {
    double number = load(source + i);
    squares = fma_d(number, number, squares);
  }
  return squares;
}

// What a row is multiplied with before its gain.
DEVICE float norm_factor(double squares, i64 columns, float epsilon, float scale) {
  double mean = squares / static_cast<double>(columns);
  return static_cast<float>(scale / sqrt_d(mean + static_cast<double>(epsilon)));
}

DEVICE float normed(float number, float factor, const WeightView& gain, i32 column) {
  float scaled = number * factor;
  return scaled * weight_number(gain, 0, column);
}

// into = x / sqrt(mean(x^2) + epsilon) * gain * scale, by a block.
DEVICE void norm_row(const float* source, i64 columns, double squares, const WeightView& gain,
                     float epsilon, float scale, float* target) {
  float factor = norm_factor(sum_block_double(squares), columns, epsilon, scale);
  for (i64 i = thread_index(); i < columns; i += kElementThreads) {
    store(target + i, normed(load(source + i), factor, gain, static_cast<i32>(i)));
  }
}

}  // namespace longcat::device
