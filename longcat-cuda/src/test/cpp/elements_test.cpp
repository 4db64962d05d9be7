// Operations on elements, over the emulator, beside sums and rounding by hand.
#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "check.h"
#include "elements.h"
#include "emulated_device.h"

namespace {

using namespace longcat;
using longcat::test::EmulatedDevice;
using longcat::test::test;

std::vector<float> numbers(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> between(-2, 2);
  std::vector<float> values(count);
  for (float& value : values) value = between(random);
  return values;
}

// Partials first to last, by the rule of Stream.join.
float tree(const std::vector<std::vector<float>>& partials, size_t at, size_t first, size_t count) {
  if (count == 1) return partials[first][at];
  size_t half = 1;
  while (2 * half < count) half *= 2;
  return tree(partials, at, first, half) + tree(partials, at, first + half, count - half);
}

void joins(size_t count) {
  EmulatedDevice device;
  const int64_t rows = 2;
  const int64_t columns = 7;
  std::vector<std::vector<float>> values;
  std::vector<device::MatrixView> partials;
  for (size_t i = 0; i < count; i++) {
    values.push_back(numbers(14, static_cast<unsigned>(i)));
    partials.push_back({device.upload(values.back()), rows, columns, columns});
  }
  device::MatrixView into{device.make<float>(14), rows, columns, columns};
  device.require(
      cuda::join(device.stream, partials.data(), static_cast<int64_t>(count), into));
  std::vector<float> sums = device.download(into.data, 14);
  for (size_t at = 0; at < 14; at++) CHECK(sums[at] == tree(values, at, 0, count));
}

void rows_and_sums() {
  test("Partials are joined by a binary tree, however many there are", [] {
    for (size_t count = 1; count <= 18; count++) joins(count);
    for (size_t count : {31u, 32u, 33u, 48u, 257u, 300u}) joins(count);
  });
  test("Rows of every format are copied with their scales", [] {
    EmulatedDevice device;
    for (int format : {device::kF32, device::kBf16, device::kFp8}) {
      const int64_t columns = 1031;
      int64_t row = cuda::row_bytes(format, columns);
      std::vector<unsigned char> bytes(static_cast<size_t>(3 * row));
      for (size_t i = 0; i < bytes.size(); i++) bytes[i] = static_cast<unsigned char>(i * 31);
      device::RowsView from{device.upload(bytes), 3, columns, row, format};
      device::RowsView into{device.make<unsigned char>(3 * row), 3, columns, row, format};
      device.require(cuda::copy(device.stream, from, into));
      std::vector<unsigned char> copied = device.download(into.data, 3 * row);
      auto length = static_cast<std::ptrdiff_t>(cuda::packed_bytes(format, columns));
      for (int r = 0; r < 3; r++) {
        auto at = static_cast<std::ptrdiff_t>(r * row);
        CHECK(std::equal(bytes.begin() + at, bytes.begin() + at + length, copied.begin() + at));
      }
    }
  });
}

void norms(int64_t columns) {
  EmulatedDevice device;
  auto n = static_cast<size_t>(columns);
  std::vector<float> x = numbers(2 * n, 1);
  std::vector<float> gain = numbers(n, 2);
  device::MatrixView view{device.upload(x), 2, columns, columns};
  device::WeightView weight{};
  weight.data = reinterpret_cast<const unsigned char*>(device.upload(gain));
  weight.rows = 1;
  weight.columns = columns;
  weight.row_bytes = 4 * columns;
  weight.format = device::kF32;
  weight.slices = 1;
  device.require(cuda::rms_norm(device.stream, view, weight, 1e-5f, 2.0f, view));
  std::vector<float> y = device.download(view.data, 2 * columns);
  for (size_t row = 0; row < 2; row++) {
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += static_cast<double>(x[row * n + i]) * x[row * n + i];
    double factor = 2 / std::sqrt(squares / static_cast<double>(n) + static_cast<double>(1e-5f));
    for (size_t i = 0; i < n; i++) {
      double want = factor * static_cast<double>(x[row * n + i]) * gain[i];
      CHECK_NEAR(y[row * n + i], want, 1e-6 * (1 + std::fabs(want)));
    }
  }
}

void norms_and_rotations() {
  test("Norms in place are those of double precision", [] {
    for (int64_t columns : {1, 5, 256, 1000}) norms(columns);
  });
  test("Pairs turn by their position, and the first members come first", [] {
    EmulatedDevice device;
    std::vector<float> x = numbers(2 * 2 * 7, 3);
    std::vector<double> frequencies = {1.0, 0.01, 1e-5};
    std::vector<device::PlannedRow> rows = {{131071, 0, 0, 0}, {3, 0, 0, 0}};
    device::MatrixView view{device.upload(x), 2, 14, 14};
    device::RotaryView rotary{device.upload(frequencies), 1.25, 3, 2};
    device::PlanView plan{device.upload(rows), nullptr, 2, 0};
    device.require(cuda::rotate(device.stream, view, rotary, plan));
    std::vector<float> y = device.download(view.data, 28);
    for (size_t row = 0; row < 2; row++) {
      for (size_t group = 0; group < 2; group++) {
        const float* before = &x[row * 14 + group * 7];
        const float* after = &y[row * 14 + group * 7];
        CHECK(after[0] == before[0]);
        for (size_t i = 0; i < 3; i++) {
          double angle = rows[row].position * frequencies[i];
          double even = before[1 + 2 * i];
          double odd = before[2 + 2 * i];
          CHECK_NEAR(after[1 + i], 1.25 * (even * std::cos(angle) - odd * std::sin(angle)), 1e-6);
          CHECK_NEAR(after[4 + i], 1.25 * (odd * std::cos(angle) + even * std::sin(angle)), 1e-6);
        }
      }
    }
  });
}

}  // namespace

int main() {
  for (const char* settings : {"seed=1,arch=80", "seed=2,arch=90,loose=1"}) {
    CHECK(emulator::configure(settings));
    rows_and_sums();
    norms_and_rotations();
  }
  return longcat::test::result();
}
