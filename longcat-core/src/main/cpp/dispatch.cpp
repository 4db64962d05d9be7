// Which instruction sets this processor has.
//
// An instruction set of another processor is a struct like GenericSimd for KernelsOf, a
// kernels_*.cpp that instantiates it, and a case and a check here.
#include "amx_support.h"
#include "kernels.h"
#include "processor.h"
#include "tile_kernels.h"

namespace longcat {

namespace {

// Found out once, because a part of it is an answer of the operating system.
int32_t amx_support() {
  static const int32_t support = has_avx512_gfni() ? find_amx_support() : kNoAmx;
  return support;
}

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
    case LONGCAT_AVX512_AMX:
      return amx_support() == kAmxWorks ? avx512_amx_kernels() : nullptr;
    case LONGCAT_AVX512_AMX_EMULATED:
      return has_avx512_gfni() ? avx512_amx_emulated_kernels() : nullptr;
    case LONGCAT_NEON:
      return neon_kernels();
    default:
      return nullptr;
  }
}

}  // namespace longcat

extern "C" int32_t longcat_supports(int32_t instruction_set) noexcept {
  if (instruction_set == LONGCAT_AVX512_AMX) return longcat::amx_support();
  return longcat::select_kernels(instruction_set) != nullptr;
}
