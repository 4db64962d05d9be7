// The kernels of NEON against the generic ones, without threads and operations around them: quick
// enough for an emulated processor. Run by tools/natives/check-arm64.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "kernels.h"
#include "onnx/snake.h"

namespace {

using longcat::Kernels;

int failures = 0;
uint64_t state = 7;

uint32_t next() {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return static_cast<uint32_t>(state >> 33);
}

float number() { return static_cast<float>(next() % 2001) / 1000 - 1; }

void compare(const std::vector<float>& actual, const std::vector<float>& expected, float tolerance,
             const char* what, int which) {
  for (size_t i = 0; i < expected.size(); i++) {
    if (std::fabs(actual[i] - expected[i]) <= tolerance * (1 + std::fabs(expected[i]))) continue;
    std::printf("%s %d, number %zu: %g instead of %g\n", what, which, i, actual[i], expected[i]);
    failures++;
    return;
  }
}

std::vector<float> numbers(int64_t count, float factor) {
  std::vector<float> made(static_cast<size_t>(count));
  for (float& value : made) value = number() * factor;
  return made;
}

void put_bf16(float value, uint8_t* into) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  into[0] = static_cast<uint8_t>(bits >> 16);
  into[1] = static_cast<uint8_t>(bits >> 24);
}

// Two rows of some chunks, with scales.
struct Rows {
  static constexpr int64_t kChunks = 3;
  int64_t row_bytes;
  int64_t row_scales;
  std::vector<uint8_t> bytes;
  std::vector<uint8_t> scales;

  explicit Rows(int32_t format)
      : row_bytes(kChunks * longcat::chunk_bytes_of(format)),
        row_scales(kChunks * longcat::chunk_scale_bytes(format)),
        bytes(static_cast<size_t>(2 * row_bytes)),
        scales(static_cast<size_t>(2 * row_scales)) {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(next());
    for (size_t i = 0; i + 4 <= bytes.size(); i += 4) {
      float value = number();
      if (format == LONGCAT_F32) std::memcpy(&bytes[i], &value, sizeof value);
      if (format == LONGCAT_BF16 || format == LONGCAT_F16) {
        put_bf16(value, &bytes[i]);
        put_bf16(number(), &bytes[i + 2]);
      }
      // Neither too large nor what is no number.
      for (size_t k = i; k < i + 4 && format == LONGCAT_FP8; k++) bytes[k] &= 0xbf;
    }
    size_t size = format == LONGCAT_FP8 ? 4 : 2;
    for (size_t i = 0; i < scales.size(); i += size) {
      float scale = 1.5f + number();
      if (size == 4) std::memcpy(&scales[i], &scale, sizeof scale);
      if (size == 2) put_bf16(scale, &scales[i]);
    }
  }

  std::vector<float> unpacked(const Kernels& kernels, int32_t format) const {
    std::vector<float> out(kChunks * longcat::kChunk);
    kernels.unpack[format](bytes.data(), scales.data(), kChunks, out.data());
    return out;
  }

  std::vector<float> times(const Kernels& kernels, int32_t format, const std::vector<float>& x,
                           int rows) const {
    longcat::WeightRows weight{};
    for (int r = 0; r < 2; r++) {
      weight.bytes[r] = bytes.data() + r * row_bytes;
      weight.scales[r] = scales.data() + r * row_scales;
    }
    std::vector<const float*> input;
    for (int r = 0; r < rows; r++) input.push_back(x.data() + r * kChunks * longcat::kChunk);
    std::vector<float> out(static_cast<size_t>(2 * rows));
    longcat::Totals totals{out.data(), 2, true};
    kernels.products[format](weight, input.data(), rows, longcat::Slices::one(kChunks), 0, totals);
    return out;
  }
};

void formats(const Kernels& neon, const Kernels& generic) {
  for (int32_t format = 0; format < longcat::kFormats; format++) {
    Rows weight(format);
    compare(weight.unpacked(neon, format), weight.unpacked(generic, format), 0, "format", format);
    for (int rows = 1; rows <= longcat::kFusedRows; rows++) {
      std::vector<float> x = numbers(rows * Rows::kChunks * longcat::kChunk, 1);
      compare(weight.times(neon, format, x, rows), weight.times(generic, format, x, rows), 1e-4f,
              "products of format", format);
    }
  }
}

void elements(const Kernels& neon, const Kernels& generic) {
  for (int count = 1; count <= 70; count++) {
    std::vector<float> x = numbers(count, 20);
    std::vector<float> up = numbers(count, 1);
    std::vector<float> actual = x;
    std::vector<float> expected = x;
    neon.softmax(actual.data(), count);
    generic.softmax(expected.data(), count);
    compare(actual, expected, 2e-6f, "softmax", count);
    neon.gate(x.data(), up.data(), count, actual.data());
    generic.gate(x.data(), up.data(), count, expected.data());
    compare(actual, expected, 1e-5f, "gate", count);
    longcat::neon_snake()->all(x.data(), 3, 0.3f, actual.data(), count);
    longcat::generic_snake()->all(x.data(), 3, 0.3f, expected.data(), count);
    compare(actual, expected, 1e-5f, "snake", count);
  }
  std::vector<float> square = numbers(64, 1);
  std::vector<float> actual(64);
  std::vector<float> expected(64);
  neon.turn(square.data(), 8, 8, actual.data());
  generic.turn(square.data(), 8, 8, expected.data());
  compare(actual, expected, 0, "turn", 8);
}

}  // namespace

int main() {
  const Kernels* neon = longcat::neon_kernels();
  if (neon == nullptr) return EXIT_FAILURE;
  formats(*neon, *longcat::generic_kernels());
  elements(*neon, *longcat::generic_kernels());
  std::printf("NEON: %d failures\n", failures);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
