// Eight numbers at a time in plain C++, for any processor.
#pragma once

#include <cmath>
#include <cstring>
#include <utility>

#include "kernels.h"
#include "number_formats.h"

namespace longcat {

struct GenericSimd {
  static constexpr int kWidth = 8;
  static constexpr int kWeightRows = 2;
  // Rows of a weight that go on together with so many rows of inputs, and those of a panel.
  static constexpr int together(int rows) { return rows <= 4 ? 2 : 1; }
  static constexpr int kPanelRows = 2;
  static constexpr int kMixVectors = 2;
  struct Vec {
    float lane[kWidth];
  };

  static void keep(Vec&) {}
  // What an addition that follows shall not be joined with, because it would then round once.
  static Vec rounded(Vec v) {
    for (float& lane : v.lane) asm("" : "+m"(lane));
    return v;
  }
  static Vec set(float value) {
    Vec v;
    for (float& lane : v.lane) lane = value;
    return v;
  }
  static Vec load(const float* from) {
    Vec v;
    std::memcpy(v.lane, from, sizeof v.lane);
    return v;
  }
  static Vec load(const float* from, int count) {
    Vec v = set(0);
    std::memcpy(v.lane, from, sizeof(float) * count);
    return v;
  }
  static void store(float* into, Vec v) { std::memcpy(into, v.lane, sizeof v.lane); }
  static void store(float* into, Vec v, int count) {
    std::memcpy(into, v.lane, sizeof(float) * count);
  }
  static Vec add(Vec a, Vec b) {
    for (int i = 0; i < kWidth; i++) a.lane[i] += b.lane[i];
    return a;
  }
  static Vec mul(Vec a, Vec b) {
    for (int i = 0; i < kWidth; i++) a.lane[i] *= b.lane[i];
    return a;
  }
  static Vec max(Vec a, Vec b) {
    for (int i = 0; i < kWidth; i++) a.lane[i] = a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i];
    return a;
  }
  static Vec div(Vec a, Vec b) {
    for (int i = 0; i < kWidth; i++) a.lane[i] /= b.lane[i];
    return a;
  }
  static Vec fma(Vec a, Vec b, Vec c) {
    for (int i = 0; i < kWidth; i++) c.lane[i] += a.lane[i] * b.lane[i];
    return c;
  }
  static Vec exp(Vec v) {
    for (float& lane : v.lane) lane = std::exp(lane);
    return v;
  }
  static float sum(Vec v) {
    return ((v.lane[0] + v.lane[4]) + (v.lane[2] + v.lane[6])) +
           ((v.lane[1] + v.lane[5]) + (v.lane[3] + v.lane[7]));
  }

  static Vec decode_f32(const uint8_t* from) {
    Vec v;
    std::memcpy(v.lane, from, sizeof v.lane);
    return v;
  }
  static Vec decode_bf16(const uint8_t* from) {
    Vec v;
    for (int i = 0; i < kWidth; i++) v.lane[i] = bf16_to_float(load_u16(from + 2 * i));
    return v;
  }
  static Vec decode_f16(const uint8_t* from) {
    Vec v;
    for (int i = 0; i < kWidth; i++) v.lane[i] = f16_to_float(load_u16(from + 2 * i));
    return v;
  }
  static Vec decode_fp8(const uint8_t* from) {
    Vec v;
    for (int i = 0; i < kWidth; i++) v.lane[i] = fp8_to_float_by_256(from[i]);
    return v;
  }

  // Columns that are decoded at once, and columns that have a scale in common.
  template <int kFormat>
  static constexpr int kStep = kWidth;
  template <int kFormat>
  static constexpr int kFold = kFormat == LONGCAT_INT4 ? kInt4Group : kChunk;
  static constexpr float kChunkFp8Factor = kFp8Factor;
  template <int kFormat>
  static constexpr bool kHalves = true;
  // Slow either way, and it takes long to compile.
  template <int kFormat>
  static constexpr bool kColumns = false;

  template <int kFormat>
  static void decode_chunk(const uint8_t* from, Vec* v) {
    if constexpr (kFormat == LONGCAT_F32) *v = decode_f32(from);
    if constexpr (kFormat == LONGCAT_BF16) *v = decode_bf16(from);
    if constexpr (kFormat == LONGCAT_F16) *v = decode_f16(from);
    if constexpr (kFormat == LONGCAT_FP8) *v = decode_fp8(from);
    if constexpr (kFormat == LONGCAT_INT8) {
      for (int i = 0; i < kWidth; i++) v->lane[i] = static_cast<int8_t>(from[i]);
    }
    if constexpr (kFormat == LONGCAT_INT4) {
      for (int i = 0; i < kWidth; i++) {
        v->lane[i] = static_cast<float>((from[i / 2] >> i % 2 * 4 & 0xf) - 8);
      }
    }
  }

  template <int kFormat>
  static constexpr bool kArranged = false;

  template <int kFormat>
  static Vec scale(const uint8_t* scales, int fold) {
    return set(chunk_scale<kFormat>(scales, fold));
  }

  template <int kFormat>
  static constexpr const uint8_t* order() {
    return nullptr;
  }

  // Eight sums, and four columns of each of eight heads.
  struct IntVec {
    int32_t lane[kWidth];
  };
  using Bytes = const int8_t*;

  static IntVec int_zero() { return {}; }
  static IntVec int_sub(IntVec a, IntVec b) {
    for (int i = 0; i < kWidth; i++) a.lane[i] -= b.lane[i];
    return a;
  }
  static Vec to_float(IntVec v) {
    Vec out;
    for (int i = 0; i < kWidth; i++) out.lane[i] = static_cast<float>(v.lane[i]);
    return out;
  }
  static Bytes load_bytes(const int8_t* from) { return from; }
  using ByteSums = IntVec;
  // Products of four columns that are added up before they are widened, which they are at once.
  static constexpr int64_t kByteFold = INT64_MAX;
  static ByteSums byte_zero() { return int_zero(); }
  static IntVec fold_bytes(IntVec sums, ByteSums parts) {
    for (int i = 0; i < kWidth; i++) sums.lane[i] += parts.lane[i];
    return sums;
  }
  // Adds the products of four columns of a row, none above 127, with those of each head.
  static IntVec dot_bytes(IntVec sums, int32_t four, Bytes query) {
    int8_t row[4];
    std::memcpy(row, &four, sizeof row);
    for (int i = 0; i < kWidth; i++) {
      for (int c = 0; c < 4; c++) sums.lane[i] += row[c] * query[4 * i + c];
    }
    return sums;
  }

  // Rows become columns.
  static void turn(Vec (&v)[kWidth]) {
    for (int i = 0; i < kWidth; i++) {
      for (int k = i + 1; k < kWidth; k++) std::swap(v[i].lane[k], v[k].lane[i]);
    }
  }

  static void prefetch(const uint8_t*) {}
  // out[i] = the sum of v[i].
  template <int kCount>
  static void sums(const Vec* v, float* out) {
    for (int i = 0; i < kCount; i++) out[i] = sum(v[i]);
  }
};

}  // namespace longcat
