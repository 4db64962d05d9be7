// Eight numbers at a time in plain C++, for any processor.
#pragma once

#include <cmath>
#include <cstring>

#include "number_formats.h"

namespace longcat {

struct GenericSimd {
  static constexpr int kWidth = 8;
  static constexpr int kWeightRows = 2;
  static constexpr int kMixVectors = 2;
  struct Vec {
    float lane[kWidth];
  };

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
  static void decode_two_fp8(const uint8_t* from, Vec (&v)[2]) {
    v[0] = decode_fp8(from);
    v[1] = decode_fp8(from + kWidth);
  }
  static void prefetch(const uint8_t*) {}
  static void sums(const Vec (&v)[kWeightRows], float* out) {
    for (int w = 0; w < kWeightRows; w++) out[w] = sum(v[w]);
  }
};

}  // namespace longcat
