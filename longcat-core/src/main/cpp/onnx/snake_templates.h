// Snake over vectors that have a fused multiply-add.
#pragma once

#include "onnx/snake.h"

namespace longcat {

template <class Simd>
struct SnakeOf {
  using Vec = typename Simd::Vec;
  static constexpr int kWidth = Simd::kWidth;

  static const SnakeKernels* table() {
    static constexpr SnakeKernels kernels{each, all};
    return &kernels;
  }

  static void each(const float* x, const float* alpha, const float* inverse, float* y,
                   int64_t count) {
    int64_t i = 0;
    for (; i + kWidth <= count; i += kWidth) {
      Simd::store(y + i, snake(Simd::load(x + i), Simd::load(alpha + i), Simd::load(inverse + i)));
    }
    if (i == count) return;
    int rest = static_cast<int>(count - i);
    Simd::store(y + i,
                snake(Simd::load(x + i, rest), Simd::load(alpha + i, rest),
                      Simd::load(inverse + i, rest)),
                rest);
  }

  static void all(const float* x, float alpha, float inverse, float* y, int64_t count) {
    Vec alphas = Simd::set(alpha);
    Vec inverses = Simd::set(inverse);
    int64_t i = 0;
    for (; i + kWidth <= count; i += kWidth) {
      Simd::store(y + i, snake(Simd::load(x + i), alphas, inverses));
    }
    if (i == count) return;
    int rest = static_cast<int>(count - i);
    Simd::store(y + i, snake(Simd::load(x + i, rest), alphas, inverses), rest);
  }

  static Vec snake(Vec x, Vec alpha, Vec inverse) {
    Vec angle = Simd::mul(alpha, x);
    Vec square = reduced(angle);
    if (!Simd::within(angle, kReducedSine)) square = corrected(angle, square);
    return Simd::fma(inverse, square, x);
  }

  // The square of a sine has the period pi. The products with the parts of pi are not rounded.
  static Vec reduced(Vec angle) {
    Vec n = Simd::round(Simd::mul(angle, Simd::set(0.318309886f)));
    Vec r = Simd::fma(n, Simd::set(-3.14159274f), angle);
    r = Simd::fma(n, Simd::set(8.74227766e-8f), r);
    r = Simd::fma(n, Simd::set(3.43024902e-15f), r);
    Vec z = Simd::mul(r, r);
    Vec p = Simd::set(static_cast<float>(kSine[4]));
    for (int i = 3; i >= 0; i--) p = Simd::fma(p, z, Simd::set(static_cast<float>(kSine[i])));
    Vec sine = Simd::fma(p, Simd::mul(z, r), r);
    return Simd::mul(sine, sine);
  }

  // Rare: out of the way, so that the loops keep their constants in registers.
  [[gnu::noinline]] static Vec corrected(Vec angle, Vec square) {
    float angles[kWidth];
    float squares[kWidth];
    Simd::store(angles, angle);
    Simd::store(squares, square);
    for (int i = 0; i < kWidth; i++) {
      bool within = angles[i] >= -kReducedSine && angles[i] <= kReducedSine;
      if (!within) squares[i] = exact_square_of_sine(angles[i]);
    }
    return Simd::load(squares);
  }
};

}  // namespace longcat
