// Tile kernels beside those of GFNI. Compiled by pragma, as all kernels are; the instructions of the
// tile unit are in assembler and need none.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "chunk_order.h"
#include "kernels.h"
#include "number_formats.h"
#include "tile_kernels.h"

#if defined(__x86_64__) && !defined(LONGCAT_LEFT_OUT)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,gfni,avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,gfni,avx2,fma,f16c")
#endif

#include "amx_templates.h"

namespace longcat {

template struct TileKernelsOf<HardwareTiles>;
template struct TileKernelsOf<EmulatedTiles>;

}  // namespace longcat

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace longcat {

const Kernels* avx512_amx_kernels() {
  static const Kernels kernels =
      avx512_gfni_kernels()->with(TileKernelsOf<HardwareTiles>::table());
  return &kernels;
}

const Kernels* avx512_amx_emulated_kernels() {
  static const Kernels kernels =
      avx512_gfni_kernels()->with(TileKernelsOf<EmulatedTiles>::table());
  return &kernels;
}

}  // namespace longcat

#else

namespace longcat {

const Kernels* avx512_amx_kernels() { return nullptr; }
const Kernels* avx512_amx_emulated_kernels() { return nullptr; }

}  // namespace longcat

#endif
