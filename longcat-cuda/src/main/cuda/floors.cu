// What a device does at best: reading its memory, and products on its tensor cores.
#include "device.h"

namespace longcat::device {

// Reads all vectors once; the sums are there so that nothing is left out.
KERNEL void LAUNCH_BOUNDS(256, 4) read_floor(const Vector4* from, i64 count, u32* sums) {
  u32 sum = 0;
  i64 step = static_cast<i64>(block_count()) * 256;
  i64 i = static_cast<i64>(block_index()) * 256 + thread_index();
  for (; i + 3 * step < count; i += 4 * step) {
    Vector4 v[4];
    UNROLL
    for (int k = 0; k < 4; k++) v[k] = load_stream(from + i + k * step);
    UNROLL
    for (int k = 0; k < 4; k++) sum += v[k].v[0] ^ v[k].v[1] ^ v[k].v[2] ^ v[k].v[3];
  }
  for (; i < count; i += step) {
    Vector4 v = load_stream(from + i);
    sum += v.v[0] ^ v.v[1] ^ v.v[2] ^ v.v[3];
  }
  store(sums + block_index() * 256 + thread_index(), sum);
}

constexpr i32 kFloorTiles = 8;

// Products of 16 x 8 x 16 numbers from registers, kFloorTiles a round and warp.
KERNEL void LAUNCH_BOUNDS(256, 2) product_floor(i32 rounds, float* sums) {
  u32 a[4];
  u32 b[2];
  UNROLL
  for (int i = 0; i < 4; i++) a[i] = 0x3c003c00u + static_cast<u32>(lane() + i);
  UNROLL
  for (int i = 0; i < 2; i++) b[i] = 0x3c003c00u + static_cast<u32>(lane() + i);
  float c[kFloorTiles][4] = {};
  for (i32 round = 0; round < rounds; round++) {
    UNROLL
    for (int t = 0; t < kFloorTiles; t++) multiply_bf16(c[t], a, b);
  }
  float sum = 0;
  UNROLL
  for (int t = 0; t < kFloorTiles; t++) sum += c[t][0] + c[t][1] + c[t][2] + c[t][3];
  store(sums + block_index() * 256 + thread_index(), sum);
}

}  // namespace longcat::device
