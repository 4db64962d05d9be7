// What the machine can do at best: the floors that measured times stand on.
#ifndef LONGCAT_FLOORS_H
#define LONGCAT_FLOORS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LONGCAT_FLOOR_F32 0
#define LONGCAT_FLOOR_BF16 1

// Bytes a second of the best of `passes` streaming reads over one buffer of `bytes`, cut among
// `threads`; 0 where the arguments make no sense or there is no memory.
double longcat_floor_read(int64_t bytes, int32_t threads, int32_t passes) noexcept;

// Operations (an addition or a multiplication each) a second of the best of `passes` loops that
// keep everything in registers, on `threads`; 0 where the processor has no such instruction.
double longcat_floor_compute(int32_t kind, int32_t threads, int32_t passes) noexcept;

#ifdef __cplusplus
}
#endif

#endif
