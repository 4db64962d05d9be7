// A launcher over the emulator, memory that kernels may touch, weights of every format beside the
// numbers that they mean.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "emulator.h"
#include "kernel_table.h"
#include "operations.h"

namespace longcat::test {

using cuda::ExpertView;
using cuda::HeadsView;
using cuda::MatrixView;
using cuda::PicksView;
using cuda::RowsView;
using cuda::WeightView;

inline void require(bool holds, const std::string& what) {
  if (holds) return;
  std::printf("FAILED: %s\n", what.c_str());
  std::exit(1);
}

// Memory of the device, of which nothing is known before it is written.
template <class T>
class Memory {
 public:
  explicit Memory(int64_t count) : count_(count) {
    bytes_ = static_cast<size_t>(std::max<int64_t>(count, 1)) * sizeof(T);
    data_ = static_cast<T*>(std::aligned_alloc(256, (bytes_ + 255) / 256 * 256));
    std::memset(static_cast<void*>(data_), 0xFF, bytes_);
    emulator::allow(data_, bytes_);
  }
  explicit Memory(const std::vector<T>& values) : Memory(static_cast<int64_t>(values.size())) {
    std::copy(values.begin(), values.end(), data_);
  }
  Memory(Memory&& other) noexcept : data_(other.data_), count_(other.count_), bytes_(other.bytes_) {
    other.data_ = nullptr;
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  Memory& operator=(Memory&&) = delete;
  ~Memory() {
    if (data_ == nullptr) return;
    emulator::forbid(data_, bytes_);
    std::free(data_);
  }

  T* data() const { return data_; }
  int64_t count() const { return count_; }
  std::vector<T> values() const { return {data_, data_ + count_}; }

 private:
  T* data_;
  int64_t count_;
  size_t bytes_;
};

class EmulatedLauncher : public cuda::Launcher {
 public:
  int32_t launch(const char* kernel, const cuda::Blocks& grid, void** arguments,
                 const uint32_t* sizes, int32_t count) override {
    const emulator::Kernel* found = emulator::find_kernel(kernel);
    require(found != nullptr, std::string("no kernel ") + kernel);
    require(found->count == count && std::equal(sizes, sizes + count, found->sizes),
            std::string("arguments of ") + kernel);
    emulator::Launch launch{found,
                            static_cast<uint32_t>(grid.blocks_x),
                            static_cast<uint32_t>(grid.blocks_y),
                            static_cast<uint32_t>(grid.threads),
                            static_cast<size_t>(grid.shared_bytes),
                            arguments};
    launches.push_back(kernel);
    blocks[kernel] = grid.blocks_x * grid.blocks_y;
    largest_shared = std::max(largest_shared, grid.shared_bytes);
    if (emulator::launch(launch)) return 0;
    return fail(719, emulator::error());
  }
  uint8_t* workspace(int64_t bytes) override {
    workspace_ = std::make_unique<Memory<uint8_t>>(bytes);
    return workspace_->data();
  }
  uint8_t* zeroed(int64_t bytes) override {
    if (zeroed_ == nullptr || zeroed_->count() < bytes) {
      zeroed_ = std::make_unique<Memory<uint8_t>>(bytes);
      std::memset(zeroed_->data(), 0, static_cast<size_t>(bytes));
    }
    return zeroed_->data();
  }
  int32_t fail(int32_t code, const char* message) override {
    error = message;
    return code;
  }
  int32_t multiprocessors() const override { return processors; }
  int64_t shared_bytes() const override {
    return static_cast<int64_t>(emulator::dynamic_shared_limit());
  }
  bool rounds(int32_t format) const override {
    return (bf16_numerics || fp8_numerics) && (format == device::kBf16 || format == device::kFp8);
  }
  bool quantises(int32_t format) const override { return fp8_numerics && format == device::kFp8; }
  // Whether counters are as they were.
  bool counters_are_zero() const {
    if (zeroed_ == nullptr) return true;
    std::vector<uint8_t> bytes = zeroed_->values();
    return std::all_of(bytes.begin(), bytes.end(), [](uint8_t b) { return b == 0; });
  }

  bool bf16_numerics = false;
  bool fp8_numerics = false;
  int32_t processors = 3;
  int64_t largest_shared = 0;  // of a block
  std::string error;
  std::vector<std::string> launches;
  std::map<std::string, int64_t> blocks;  // of a kernel's last launch

 private:
  std::unique_ptr<Memory<uint8_t>> workspace_;
  std::unique_ptr<Memory<uint8_t>> zeroed_;
};

inline void require_done(EmulatedLauncher& launcher, int32_t status, const std::string& what) {
  require(status == 0, what + ": " + launcher.error);
  require(launcher.counters_are_zero(), what + ": counters were not given back zeroed");
}

using Random = std::mt19937_64;

inline float uniform(Random& random, float from, float to) {
  return std::uniform_real_distribution<float>(from, to)(random);
}

using Rows = std::vector<std::vector<float>>;

inline Rows random_rows(int64_t rows, int64_t columns, Random& random) {
  Rows values(static_cast<size_t>(rows), std::vector<float>(static_cast<size_t>(columns)));
  for (auto& row : values) {
    for (float& v : row) v = uniform(random, -1, 1);
  }
  return values;
}

// A window in the middle of memory that holds no numbers elsewhere.
class Matrix {
 public:
  explicit Matrix(const Rows& values, int64_t margin = 5)
      : rows_(static_cast<int64_t>(values.size())),
        columns_(static_cast<int64_t>(values[0].size())),
        stride_(columns_ + 2 * margin),
        margin_(margin),
        memory_((rows_ + 2) * stride_) {
    for (int64_t r = 0; r < rows_; r++) {
      std::copy(values[static_cast<size_t>(r)].begin(), values[static_cast<size_t>(r)].end(),
                memory_.data() + (r + 1) * stride_ + margin_);
    }
  }
  MatrixView view() const { return {memory_.data() + stride_ + margin_, rows_, columns_, stride_}; }
  Rows read() const {
    Rows values;
    int64_t odd = 0;
    for (float v : memory_.values()) odd += std::isnan(v) ? 1 : 0;
    require(odd >= memory_.count() - rows_ * columns_, "numbers around a window were touched");
    for (int64_t r = 0; r < rows_; r++) {
      const float* row = memory_.data() + (r + 1) * stride_ + margin_;
      values.emplace_back(row, row + columns_);
    }
    return values;
  }

 private:
  int64_t rows_, columns_, stride_, margin_;
  Memory<float> memory_;
};

inline float bf16_to_float(uint16_t bits) {
  uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

inline uint16_t float_to_bf16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

inline double fp8_number(int code) {
  int exponent = code >> 3 & 15;
  double magnitude =
      exponent == 0 ? std::ldexp(code & 7, -9) : std::ldexp(8 + (code & 7), exponent - 10);
  return code & 128 ? -magnitude : magnitude;
}

// The nearest number of E4M3, of two the one with the even code.
inline float nearest_fp8(float value) {
  int best = 0;
  for (int code = 0; code < 0x7f; code++) {
    double off = std::fabs(fp8_number(code) - std::fabs(static_cast<double>(value)));
    double least = std::fabs(fp8_number(best) - std::fabs(static_cast<double>(value)));
    if (off < least || (off == least && code % 2 == 0)) best = code;
  }
  return std::copysign(static_cast<float>(fp8_number(best)), value);
}

inline double half_number(int bits) {
  int exponent = bits >> 10 & 31;
  double magnitude = exponent == 0 ? std::ldexp(bits & 1023, -24)
                                   : std::ldexp(1024 + (bits & 1023), exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

// Blocks of scales, or groups of columns; 0 for what is usual.
struct Cut {
  int64_t rows = 0;
  int64_t columns = 0;
};

// Random numbers in a format, and what they mean.
class Weight {
 public:
  Weight(int format, int64_t rows, int64_t columns, Random& random, Cut cut = {}, int slices = 1)
      : numbers(static_cast<size_t>(rows), std::vector<double>(static_cast<size_t>(columns))),
        data_(rows * row_bytes(format, columns)),
        scales_(rows * columns + 1),
        factors_(rows * columns + 1) {
    view_ = {data_.data(), nullptr, nullptr, rows, columns, row_bytes(format, columns), 1, 1, 1,
             format,       slices};
    std::memset(data_.data(), 0, static_cast<size_t>(data_.count()));
    if (format == device::kFp8) {
      view_.block_rows = cut.rows > 0 ? cut.rows : 128;
      view_.block_columns = cut.columns > 0 ? cut.columns : 128;
      view_.scales = scales_.data();
    } else if (format >= device::kInt8) {
      view_.block_columns = cut.columns > 0 ? cut.columns : format == device::kInt8 ? 128 : 32;
      view_.factors = factors_.data();
    }
    view_.scale_columns = (columns - 1) / view_.block_columns + 1;
    int64_t count = ((rows - 1) / view_.block_rows + 1) * view_.scale_columns;
    for (int64_t i = 0; i < count; i++) {
      scales_.data()[i] = uniform(random, 0.002f, 0.02f);
      factors_.data()[i] = float_to_bf16(uniform(random, -0.02f, 0.02f));
    }
    for (int64_t r = 0; r < rows; r++) {
      for (int64_t c = 0; c < columns; c++) {
        numbers[static_cast<size_t>(r)][static_cast<size_t>(c)] = put(r, c, random) * scale(r, c);
      }
    }
  }

  const WeightView& view() const { return view_; }
  int64_t bytes() const {
    return view_.rows * view_.row_bytes +
           (view_.scales != nullptr
                ? 4 * ((view_.rows - 1) / view_.block_rows + 1) * view_.scale_columns
            : view_.factors != nullptr ? 2 * view_.rows * view_.scale_columns
                                       : 0);
  }

  // Of FP8; what it means stays as it was.
  void put_code(int64_t r, int64_t c, uint8_t code) {
    data_.data()[r * view_.row_bytes + c] = code;
  }

  std::vector<std::vector<double>> numbers;

 private:
  static int64_t row_bytes(int format, int64_t columns) {
    int64_t bits = format == device::kF32    ? 32
                   : format <= device::kF16  ? 16
                   : format == device::kInt4 ? 4
                                             : 8;
    return ((columns * bits + 7) / 8 + 15) / 16 * 16;
  }

  double scale(int64_t r, int64_t c) const {
    int64_t at = r / view_.block_rows * view_.scale_columns + c / view_.block_columns;
    if (view_.scales != nullptr) return view_.scales[at];
    return view_.factors != nullptr ? bf16_to_float(view_.factors[at]) : 1;
  }

  double put(int64_t r, int64_t c, Random& random) {
    uint8_t* row = data_.data() + r * view_.row_bytes;
    float value = uniform(random, -1, 1);
    switch (view_.format) {
      case device::kF32:
        std::memcpy(row + 4 * c, &value, 4);
        return value;
      case device::kBf16: {
        uint16_t bits = float_to_bf16(value);
        std::memcpy(row + 2 * c, &bits, 2);
        return bf16_to_float(bits);
      }
      case device::kF16: {
        uint16_t bits = static_cast<uint16_t>((random() & 1) << 15 | random() % (15 << 10));
        std::memcpy(row + 2 * c, &bits, 2);
        return half_number(bits);
      }
      case device::kFp8: {
        uint8_t code = static_cast<uint8_t>((random() & 1) << 7 | random() % 0x7f);
        row[c] = code;
        return fp8_number(code);
      }
      case device::kInt8: {
        int8_t code = static_cast<int8_t>(random());
        std::memcpy(row + c, &code, 1);
        return code;
      }
      default: {
        int code = static_cast<int>(random() & 15);
        row[c / 2] = static_cast<uint8_t>(row[c / 2] | code << (c % 2 * 4));
        return code - 8;
      }
    }
  }

  Memory<uint8_t> data_;
  Memory<float> scales_;
  Memory<uint16_t> factors_;
  WeightView view_;
};

using Wide = std::vector<std::vector<double>>;

inline Wide expected_linear(const Wide& weight, const Rows& x) {
  Wide result(x.size(), std::vector<double>(weight.size()));
  for (size_t r = 0; r < x.size(); r++) {
    for (size_t o = 0; o < weight.size(); o++) {
      double sum = 0;
      for (size_t c = 0; c < x[r].size(); c++) sum += weight[o][c] * x[r][c];
      result[r][o] = sum;
    }
  }
  return result;
}

inline void require_close(const Rows& actual, const Wide& expected, int64_t n,
                          const std::string& what, double times = 1) {
  double largest = 0;
  for (const auto& row : expected) {
    for (double v : row) largest = std::max(largest, std::fabs(v));
  }
  double tolerance = times * 3e-7 * (8 + std::sqrt(static_cast<double>(n))) * largest + 1e-37;
  for (size_t r = 0; r < expected.size(); r++) {
    for (size_t c = 0; c < expected[r].size(); c++) {
      double off = std::fabs(static_cast<double>(actual[r][c]) - expected[r][c]);
      if (off <= tolerance) continue;
      require(false, what + ": [" + std::to_string(r) + ", " + std::to_string(c) + "] is " +
                         std::to_string(actual[r][c]) + ", expected " +
                         std::to_string(expected[r][c]) + " within " + std::to_string(tolerance));
    }
  }
}

inline void require_same(const std::vector<float>& actual, const std::vector<float>& expected,
                         const std::string& what) {
  require(actual.size() == expected.size() &&
              std::memcmp(actual.data(), expected.data(), actual.size() * sizeof(float)) == 0,
          what + ": other bits");
}

inline const char* format_name(int format) {
  static const char* const kNames[] = {"F32", "BF16", "F16", "FP8", "INT8", "INT4"};
  return kNames[format];
}

// Runs the tests whose names hold the argument, all without one.
inline int run_tests(int count, char** arguments,
                     const std::vector<std::pair<const char*, std::function<void()>>>& tests) {
  const char* settings = std::getenv("LONGCAT_EMULATOR");
  require(settings == nullptr || emulator::configure(settings), "LONGCAT_EMULATOR");
  for (const auto& test : tests) {
    if (count > 1 && std::strstr(test.first, arguments[1]) == nullptr) continue;
    test.second();
    std::printf("ok %s\n", test.first);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace longcat::test
