#include "amx_support.h"

#include <cmath>
#include <cstdint>
#include <new>
#include <vector>

#include "context.h"
#include "tile_kernels.h"
#include "weight.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace longcat {

namespace {

#if defined(__x86_64__) && defined(__linux__)
bool has_amx() {
  unsigned int a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  constexpr unsigned int kAmxBf16 = 1u << 22, kAmxTile = 1u << 24;
  return (d & kAmxBf16) != 0 && (d & kAmxTile) != 0;
}

// For this process and its threads, for good; see the kernel's arch/x86/xstate.rst.
bool permit_tiles() {
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}
#else
bool has_amx() { return false; }
bool permit_tiles() { return false; }
#endif

constexpr int64_t kCheckedRows = 83;
constexpr int64_t kCheckedColumns = 273;

// A weight of numbers of both signs that BF16 and FP8 have in common.
class CheckedWeight {
 public:
  explicit CheckedWeight(int32_t format) {
    int64_t size = format == LONGCAT_FP8 ? 1 : 2;
    for (int64_t i = 0; i < kCheckedRows * kCheckedColumns; i++) {
      // Plus or minus 1, 1.25, 1.5 or 1.75.
      int64_t sign = i * 7 % 11 % 2;
      int64_t quarters = i * 5 % 13 % 4;
      if (format == LONGCAT_FP8) {
        bytes_.push_back(static_cast<uint8_t>(sign << 7 | 0x38 | quarters << 1));
      } else {
        bytes_.push_back(static_cast<uint8_t>(0x80 | quarters << 5));
        bytes_.push_back(static_cast<uint8_t>(sign << 7 | 0x3f));
      }
    }
    handle_ = longcat_weight_open(format, kCheckedRows, kCheckedColumns, kCheckedRows, 1, 128, 128, 1);
    if (handle_ == 0) throw std::bad_alloc();
    longcat_weight_segment(handle_, 0, bytes_.data(), kCheckedRows * kCheckedColumns * size);
    const float scales[] = {0.5f, 2, 4};
    if (format == LONGCAT_FP8) longcat_weight_scales(handle_, scales, 0, 3, 3);
  }
  ~CheckedWeight() { longcat_weight_close(handle_); }
  CheckedWeight(const CheckedWeight&) = delete;
  CheckedWeight& operator=(const CheckedWeight&) = delete;

  std::vector<float> times(const Kernels& kernels, int32_t numerics,
                           const std::vector<float>& x) const {
    Backend context(&kernels, numerics, 1, false);
    int64_t rows = static_cast<int64_t>(x.size()) / kCheckedColumns;
    std::vector<float> out(static_cast<size_t>(rows * kCheckedRows), NAN);
    longcat_linear(reinterpret_cast<int64_t>(&context), handle_, 0,
                   reinterpret_cast<int64_t>(x.data()), kCheckedColumns, kCheckedColumns,
                   reinterpret_cast<int64_t>(out.data()), kCheckedRows, kCheckedRows, rows);
    return out;
  }

 private:
  std::vector<uint8_t> bytes_;
  int64_t handle_;
};

// Numbers of up to 20 binary digits, which are terms of BF16 only together.
std::vector<float> checked_inputs(int64_t rows) {
  std::vector<float> x;
  for (int64_t i = 0; i < rows * kCheckedColumns; i++) {
    x.push_back(static_cast<float>(i * 48271 % 0xfffff - 0x7ffff) * 0x1p-20f);
  }
  return x;
}

}  // namespace

bool products_agree(const Kernels& tiles, const Kernels& others) {
  for (int32_t format : {LONGCAT_BF16, LONGCAT_FP8}) {
    CheckedWeight weight(format);
    for (int32_t numerics : {LONGCAT_EXACT, LONGCAT_ROUNDED}) {
      for (int64_t rows : {1, 19}) {
        std::vector<float> x = checked_inputs(rows);
        std::vector<float> actual = weight.times(tiles, numerics, x);
        std::vector<float> expected = weight.times(others, numerics, x);
        for (size_t i = 0; i < actual.size(); i++) {
          if (!(std::fabs(actual[i] - expected[i]) <= 1e-3f)) return false;
        }
      }
    }
  }
  return true;
}

int32_t find_amx_support() {
  const Kernels* tiles = avx512_amx_kernels();
  const Kernels* proved = avx512_gfni_kernels();
  // Kernels may be left out of this build.
  if (!has_amx() || tiles == nullptr || proved == nullptr) return kNoAmx;
  if (!permit_tiles()) return LONGCAT_REFUSED;
  try {
    return products_agree(*tiles, *proved) ? kAmxWorks : LONGCAT_MISFIT;
  } catch (...) {
    return LONGCAT_MISFIT;
  }
}

}  // namespace longcat
