#include "kernel_table.h"

#include <cstring>

#include "kernel_call.h"
#include "kernels.cu"

namespace longcat::emulator {

namespace {

constexpr Kernel kKernels[] = {
#define LONGCAT_KERNEL(name) KernelCall<&device::name>::named(#name),
#include "kernels.def"
#undef LONGCAT_KERNEL
};

}  // namespace

const Kernel* find_kernel(const char* name) {
  for (const Kernel& kernel : kKernels) {
    if (std::strcmp(kernel.name, name) == 0) return &kernel;
  }
  return nullptr;
}

}  // namespace longcat::emulator
