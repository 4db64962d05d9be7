#include "tensor_core.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace longcat::emulator {

namespace {

constexpr int kRows = 16;
constexpr int kColumns = 8;

float bf16(uint32_t bits) {
  uint32_t wide = bits << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

float e4m3(uint32_t bits) {
  uint32_t rest = bits & 0x7f;
  if (rest == 0x7f) return std::numeric_limits<float>::quiet_NaN();
  int exponent = static_cast<int>(rest >> 3);
  float mantissa = static_cast<float>(rest & 7);
  float size = exponent == 0 ? std::ldexp(mantissa, -9) : std::ldexp(8 + mantissa, exponent - 10);
  return (bits & 0x80) != 0 ? -size : size;
}

// The last bit of a sum is 2^-kFraction of the largest addend's leading one.
template <int kDepth, int kFraction>
float cut_off_sum(const float* a, const float (*b)[kColumns], int column, float c) {
  double products[kDepth + 1];
  int largest = std::numeric_limits<int>::min();
  for (int k = 0; k < kDepth; k++) products[k] = static_cast<double>(a[k]) * b[k][column];
  products[kDepth] = c;
  double plain = 0;
  for (double product : products) {
    plain += product;
    if (product != 0) largest = std::max(largest, std::ilogb(product));
  }
  if (!std::isfinite(plain)) return static_cast<float>(plain);
  if (largest == std::numeric_limits<int>::min()) return static_cast<float>(plain);
  int64_t sum = 0;
  for (double product : products) {
    sum += static_cast<int64_t>(std::ldexp(product, kFraction - largest));
  }
  double exact = std::ldexp(static_cast<double>(sum), largest - kFraction);
  float rounded = static_cast<float>(exact);
  return std::fabs(rounded) > std::fabs(exact) ? std::nextafter(rounded, 0.0f) : rounded;
}

template <int kDepth, int kFraction>
void add_cut_off(const float* a, const float (*b)[kColumns], float* c) {
  for (int column = 0; column < kColumns; column++) {
    c[column] = cut_off_sum<kDepth, kFraction>(a, b, column, c[column]);
  }
}

template <int kDepth>
void add_in_order(const float* a, const float (*b)[kColumns], float* c) {
  float sums[kColumns];
  std::copy(c, c + kColumns, sums);
  for (int k = 0; k < kDepth; k++) {
    for (int column = 0; column < kColumns; column++) sums[column] += a[k] * b[k][column];
  }
  std::copy(sums, sums + kColumns, c);
}

// A number lies in register (row / 8 + 2 * (k / half)) of A, or (k / half) of B, of the lane of its
// row or column and of its place among kPer numbers of a register.
template <int kDepth, int kBits, int kFraction, float (*kDecode)(uint32_t)>
void multiply(Fragment* lanes, bool truncating) {
  constexpr int kPer = 32 / kBits;
  constexpr int kHalf = kDepth / 2;
  constexpr uint32_t kMask = (1u << kBits) - 1;
  float a[kRows][kDepth];
  float b[kDepth][kColumns];
  float c[kRows][kColumns];
  for (int k = 0; k < kDepth; k++) {
    int quad = k % kHalf / kPer;
    int shift = k % kPer * kBits;
    for (int row = 0; row < kRows; row++) {
      uint32_t bits = lanes[row % 8 * 4 + quad].a[row / 8 + 2 * (k / kHalf)];
      a[row][k] = kDecode(bits >> shift & kMask);
    }
    for (int column = 0; column < kColumns; column++) {
      b[k][column] = kDecode(lanes[column * 4 + quad].b[k / kHalf] >> shift & kMask);
    }
  }
  auto each = [&](auto move) {
    for (int lane = 0; lane < 32; lane++) {
      for (int i = 0; i < 4; i++) {
        move(c[lane / 4 + 8 * (i / 2)][2 * (lane % 4) + i % 2], lanes[lane].c[i]);
      }
    }
  };
  each([](float& sum, float& given) { sum = given; });
  for (int row = 0; row < kRows; row++) {
    if (truncating) {
      add_cut_off<kDepth, kFraction>(a[row], b, c[row]);
    } else {
      add_in_order<kDepth>(a[row], b, c[row]);
    }
  }
  each([](float& sum, float& given) { given = sum; });
}

}  // namespace

void multiply_bf16(Fragment* lanes, bool truncating) {
  multiply<16, 16, 25, bf16>(lanes, truncating);
}

void multiply_fp8(Fragment* lanes, bool truncating) {
  multiply<32, 8, 13, e4m3>(lanes, truncating);
}

}  // namespace longcat::emulator
