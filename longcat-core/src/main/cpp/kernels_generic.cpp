#include "kernel_templates.h"
#include "simd_generic.h"

namespace longcat {

const Kernels* generic_kernels() { return KernelsOf<GenericSimd>::table(); }

}  // namespace longcat
