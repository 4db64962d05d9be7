// For any 64-bit Arm processor: all of them have these vectors.
#include "onnx/snake.h"

#if defined(__aarch64__)

#include "simd_neon.h"
// After the vectors, so that the templates are instantiated for the instruction set.
#include "onnx/snake_templates.h"

namespace longcat {

const SnakeKernels* neon_snake() { return SnakeOf<NeonSimd>::table(); }

}  // namespace longcat

#else

namespace longcat {

const SnakeKernels* neon_snake() { return nullptr; }

}  // namespace longcat

#endif
