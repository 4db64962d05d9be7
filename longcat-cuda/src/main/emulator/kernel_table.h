// The kernels as functions of this program, by name.
#pragma once

#include "emulator.h"

namespace longcat::emulator {

// Null where there is none of that name.
const Kernel* find_kernel(const char* name);

}  // namespace longcat::emulator
