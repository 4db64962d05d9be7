// Dot products of BF16 beside the kernels of GFNI. Compiled for its instruction set by pragma, as all
// kernels are.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "chunk_order.h"
#include "kernels.h"
#include "number_formats.h"
#include "tile_kernels.h"

#if defined(__x86_64__) && !defined(LONGCAT_LEFT_OUT)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,gfni,avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,gfni,avx2,fma,f16c")
#endif

#include "bf16_pairs.h"
// After the unit, so that the templates are instantiated for the instruction set.
#include "pair_templates.h"

namespace longcat {

template struct PairKernelsOf<HardwarePairs>;

}  // namespace longcat

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace longcat {

const Kernels* avx512_bf16_kernels() {
  static const Kernels kernels =
      avx512_gfni_kernels()->with(PairKernelsOf<HardwarePairs>::table());
  return &kernels;
}

}  // namespace longcat

#else

namespace longcat {

const Kernels* avx512_bf16_kernels() { return nullptr; }

}  // namespace longcat

#endif
