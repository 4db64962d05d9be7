// What one warp's matrix instructions compute.
#pragma once

#include <cstdint>

namespace longcat::emulator {

// What a lane gives: parts of A (16 rows), of B (8 columns), and its sums.
struct Fragment {
  uint32_t a[4];
  uint32_t b[2];
  float c[4];
};

// c += A B for all 32 lanes, in place. Sums are of IEEE in order, or as tensor cores make them:
// everything aligned to the largest exponent and cut off.
void multiply_bf16(Fragment* lanes, bool truncating);
void multiply_fp8(Fragment* lanes, bool truncating);

}  // namespace longcat::emulator
