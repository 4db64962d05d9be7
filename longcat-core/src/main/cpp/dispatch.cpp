// Which instruction sets this processor has.
#include "kernels.h"

namespace longcat {

namespace {

#if defined(__x86_64__)
bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c");
}

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

bool has_avx512_gfni() { return has_avx512() && __builtin_cpu_supports("gfni"); }
#else
bool has_avx2() { return false; }
bool has_avx512() { return false; }
bool has_avx512_gfni() { return false; }
#endif

}  // namespace

const Kernels* select_kernels(int32_t instruction_set) {
  switch (instruction_set) {
    case LONGCAT_GENERIC:
      return generic_kernels();
    case LONGCAT_AVX2:
      return has_avx2() ? avx2_kernels() : nullptr;
    case LONGCAT_AVX512:
      return has_avx512() ? avx512_kernels() : nullptr;
    case LONGCAT_AVX512_GFNI:
      return has_avx512_gfni() ? avx512_gfni_kernels() : nullptr;
    default:
      return nullptr;
  }
}

}  // namespace longcat

extern "C" int32_t longcat_supports(int32_t instruction_set) noexcept {
  return longcat::select_kernels(instruction_set) != nullptr;
}
