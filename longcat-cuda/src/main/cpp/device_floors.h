// What a device does at best.
#pragma once

#include "stream.h"

namespace longcat::cuda {

struct Floors {
  double read_bytes_per_second = 0;
  double bf16_flops_per_second = 0;
};

// Measures with a buffer of so many bytes, which should be far larger than the caches, and so many
// rounds of products; the best of a few runs. Waits for the stream.
int32_t measure_floors(Stream& stream, int64_t bytes, int64_t rounds, Floors* floors);

}  // namespace longcat::cuda
