// Snake in plain C++, in F64: without a fused multiply-add, F32 would lose the digits that the
// reduction leaves. The loops are simple enough for compilers to use what vectors there are.
#include <algorithm>
#include <cmath>

#include "onnx/snake.h"

namespace longcat {

namespace {

constexpr int64_t kChunk = 64;

// Adding it and taking it away rounds to a whole number.
constexpr double kRounding = 6755399441055744.0;

double reduced_square_of_sine(double angle) {
  double n = (angle * 0.3183098861837907 + kRounding) - kRounding;
  // The first part has 32 bits, so that its product with n is exact.
  double r = (angle - n * 3.1415926534682512) - n * 1.2154201013012384e-10;
  double z = r * r;
  double p = kSine[4];
  for (int i = 3; i >= 0; i--) p = p * z + kSine[i];
  double sine = r + r * z * p;
  return sine * sine;
}

bool within(float angle) { return angle >= -kReducedSine && angle <= kReducedSine; }

// At most a chunk; angles may not be y.
void squares(const float* angles, float* y, int64_t count) {
  bool plain = true;
  for (int64_t i = 0; i < count; i++) plain = plain && within(angles[i]);
  for (int64_t i = 0; i < count; i++) {
    y[i] = static_cast<float>(reduced_square_of_sine(plain || within(angles[i]) ? angles[i] : 0));
  }
  for (int64_t i = 0; !plain && i < count; i++) {
    if (!within(angles[i])) y[i] = exact_square_of_sine(angles[i]);
  }
}

template <class Alpha, class Inverse>
void snake(const float* x, Alpha alpha, Inverse inverse, float* y, int64_t count) {
  float angles[kChunk];
  float square[kChunk];
  for (int64_t from = 0; from < count; from += kChunk) {
    int64_t length = std::min(kChunk, count - from);
    for (int64_t i = 0; i < length; i++) angles[i] = alpha(from + i) * x[from + i];
    squares(angles, square, length);
    for (int64_t i = 0; i < length; i++) {
      y[from + i] = x[from + i] + inverse(from + i) * square[i];
    }
  }
}

void each(const float* x, const float* alpha, const float* inverse, float* y, int64_t count) {
  snake(
      x, [alpha](int64_t i) { return alpha[i]; }, [inverse](int64_t i) { return inverse[i]; }, y,
      count);
}

void all(const float* x, float alpha, float inverse, float* y, int64_t count) {
  snake(
      x, [alpha](int64_t) { return alpha; }, [inverse](int64_t) { return inverse; }, y, count);
}

}  // namespace

float exact_square_of_sine(float x) {
  double sine = std::sin(static_cast<double>(x));
  return static_cast<float>(sine * sine);
}

const SnakeKernels* generic_snake() {
  static constexpr SnakeKernels kernels{each, all};
  return &kernels;
}

const SnakeKernels* select_snake(int64_t instruction_set) {
  switch (instruction_set) {
    case 0:
      return generic_snake();
    case 1:
      return avx2_snake();
    case 2:
      return avx512_snake();
    case 3:
      return neon_snake();
    default:
      return nullptr;
  }
}

}  // namespace longcat
