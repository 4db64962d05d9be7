// Compiled for its instruction set by pragma, because all files share one command line. The
// headers of the C++ library come first: their inline functions must stay fit for any processor.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "chunk_order.h"
#include "kernels.h"
#include "number_formats.h"

#if defined(__x86_64__) && !defined(LONGCAT_LEFT_OUT)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
#endif

#include "simd_avx2.h"
// After the vectors, so that the templates are instantiated for the instruction set.
#include "kernel_templates.h"

namespace longcat {

template struct KernelsOf<Avx2Simd>;

}  // namespace longcat

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace longcat {

const Kernels* avx2_kernels() { return KernelsOf<Avx2Simd>::table(); }

}  // namespace longcat

#else

namespace longcat {

const Kernels* avx2_kernels() { return nullptr; }

}  // namespace longcat

#endif
