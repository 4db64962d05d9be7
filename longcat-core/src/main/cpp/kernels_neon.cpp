// For any 64-bit Arm processor: all of them have these vectors.
#include "kernels.h"

#if defined(__aarch64__)

#include "simd_neon.h"
// After the vectors, so that the templates are instantiated for the instruction set.
#include "kernel_templates.h"

namespace longcat {

const Kernels* neon_kernels() { return KernelsOf<NeonSimd>::table(); }

}  // namespace longcat

#else

namespace longcat {

const Kernels* neon_kernels() { return nullptr; }

}  // namespace longcat

#endif
