// Whether the tile unit is there, may be used and is right.
#pragma once

#include <cstdint>

#include "kernels.h"
#include "longcat_cpu.h"

namespace longcat {

constexpr int32_t kAmxWorks = 1;
constexpr int32_t kNoAmx = 0;

// kAmxWorks or kNoAmx, LONGCAT_REFUSED without the operating system's permission, LONGCAT_MISFIT
// if products differ from those of GFNI, which the processor must have.
int32_t find_amx_support();

// Whether products with tiles are those of the other kernels, but for rounding.
bool products_agree(const Kernels& tiles, const Kernels& others);

}  // namespace longcat
