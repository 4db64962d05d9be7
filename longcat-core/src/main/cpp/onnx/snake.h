// x + inverse * sin(alpha * x)^2, for each instruction set. A number's result depends on nothing but
// x, alpha and inverse: neither on its place nor on how many come with it.
#pragma once

#include <cstdint>

namespace longcat {

struct SnakeKernels {
  // Each number has an alpha and an inverse of its own. y may be x.
  void (*each)(const float* x, const float* alpha, const float* inverse, float* y, int64_t count);
  // All numbers have the same. y may be x.
  void (*all)(const float* x, float alpha, float inverse, float* y, int64_t count);
};

// Beyond this, and where x is not a number, sines come from the C library.
constexpr float kReducedSine = 1e5f;

// sin(x) = x + x^3 P(x^2) within 2e-3 units in the last place of F32 for |x| <= 1.004 pi / 2.
constexpr double kSine[] = {-0.16666666663768476, 0.008333332750568167, -0.0001984108216049541,
                            2.7536132132173747e-06, -2.4072548666662934e-08};

float exact_square_of_sine(float x);

// 0 where this build or this processor does not have the kernels.
const SnakeKernels* generic_snake();
const SnakeKernels* avx2_snake();
const SnakeKernels* avx512_snake();
const SnakeKernels* neon_snake();
const SnakeKernels* select_snake(int64_t instruction_set);

}  // namespace longcat
