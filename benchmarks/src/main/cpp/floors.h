// What the machine can do at best: the floors that measured times stand on.
#ifndef LONGCAT_FLOORS_H
#define LONGCAT_FLOORS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LONGCAT_FLOOR_F32 0
#define LONGCAT_FLOOR_BF16 1

// A buffer that is read part by part. Not thread-safe.
typedef struct longcat_meter longcat_meter;

// A buffer of `bytes`, far larger than the caches, cut among `threads`. Tries several ways to read
// passes of `pass` bytes and keeps the fastest. Null where the arguments make no sense or there is
// no memory; to be closed otherwise.
longcat_meter* longcat_meter_open(int64_t bytes, int32_t threads, int64_t pass) noexcept;

// Bytes a second of one streaming read over the next `bytes` of the buffer, from its start after
// its end; 0 where it failed.
double longcat_meter_read(longcat_meter* meter, int64_t bytes) noexcept;

// Null is ignored.
void longcat_meter_close(longcat_meter* meter) noexcept;

// Operations (an addition or a multiplication each) a second of one loop of `rounds` that keeps
// everything in registers, on `threads`; 0 where the processor has no such instruction.
double longcat_floor_compute(int32_t kind, int32_t threads, int64_t rounds) noexcept;

#ifdef __cplusplus
}
#endif

#endif
