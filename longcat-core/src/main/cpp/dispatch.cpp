// Which instruction sets this processor has.
//
// An instruction set of another processor is a struct like GenericSimd for KernelsOf, a
// kernels_*.cpp that instantiates it, and a case and a check here.
#include <chrono>

#include "amx_support.h"
#include "kernels.h"
#include "processor.h"
#include "tile_kernels.h"

namespace longcat {

namespace {

// Whether products are those of GFNI, which the processor must have; no if this build lacks either.
bool agrees(const Kernels* kernels) {
  const Kernels* proved = avx512_gfni_kernels();
  if (kernels == nullptr || proved == nullptr) return false;
  try {
    return products_agree(*kernels, *proved);
  } catch (...) {
    return false;
  }
}

// Found out once, because a part of it is an answer of the operating system.
int32_t amx_support() {
  static const int32_t support = has_avx512_gfni() ? find_amx_support() : kNoAmx;
  return support;
}

// Found out once, because products are compared.
bool bf16_works() {
  static const bool works = has_avx512_bf16() && agrees(avx512_bf16_kernels());
  return works;
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
    case LONGCAT_AVX512_BF16:
      return bf16_works() ? avx512_bf16_kernels() : nullptr;
    case LONGCAT_MODELLED_BF16:
      return modelled_bf16_kernels();
    case LONGCAT_NEON:
      return neon_kernels();
    default:
      return nullptr;
  }
}

}  // namespace longcat

extern "C" double longcat_product_rate(int32_t instruction_set, int32_t of_unit,
                                       int64_t rounds) noexcept {
  const longcat::Kernels* kernels = longcat::select_kernels(instruction_set);
  if (kernels == nullptr || rounds < 1) return 0;
  if (of_unit != 0 && kernels->tiles == nullptr) return 0;
  auto spin = of_unit != 0 ? kernels->tiles->spin : kernels->spin;
  auto start = std::chrono::steady_clock::now();
  double operations = 2 * static_cast<double>(spin(rounds));
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return seconds.count() > 0 ? operations / seconds.count() : 0;
}

extern "C" int32_t longcat_supports(int32_t instruction_set) noexcept {
  if (instruction_set == LONGCAT_AVX512_AMX) return longcat::amx_support();
  if (longcat::select_kernels(instruction_set) != nullptr) return 1;
  bool wrong = instruction_set == LONGCAT_AVX512_BF16 && longcat::has_avx512_bf16() &&
               longcat::avx512_bf16_kernels() != nullptr;
  return wrong ? LONGCAT_MISFIT : 0;
}
