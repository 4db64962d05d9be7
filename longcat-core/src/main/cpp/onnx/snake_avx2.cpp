// Compiled for its instruction set by pragma, because all files share one command line. The
// headers of the C++ library come first: their inline functions must stay fit for any processor.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels.h"
#include "number_formats.h"
#include "onnx/snake.h"
#include "processor.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
#endif

#include "simd_avx2.h"
// After the vectors, so that the templates are instantiated for the instruction set.
#include "onnx/snake_templates.h"

namespace longcat {

template struct SnakeOf<Avx2Simd>;

}  // namespace longcat

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace longcat {

const SnakeKernels* avx2_snake() {
  return has_avx2() ? SnakeOf<Avx2Simd>::table() : nullptr;
}

}  // namespace longcat

#else

namespace longcat {

const SnakeKernels* avx2_snake() { return nullptr; }

}  // namespace longcat

#endif
