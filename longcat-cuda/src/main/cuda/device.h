// The whole vocabulary of kernels. One source has two meanings: CUDA, without any CUDA header, and
// an emulator on a CPU. Kernels include this file and nothing else of a platform.
//
// All memory of the device is read and written by load, load_stream, store, copy_async16 and the
// atomics: so the emulator knows what is touched. A block has a multiple of 32 threads. Exchanges
// within a warp take all of its 32 lanes.
#pragma once

namespace longcat::device {

using u8 = unsigned char;
using u16 = unsigned short;
using u32 = unsigned int;
using u64 = unsigned long long;
using i8 = signed char;
using i32 = int;
using i64 = long long;

struct alignas(16) Vector4 {
  u32 v[4];
};

}  // namespace longcat::device

#ifdef __CUDACC__
#include "device_cuda.h"
#else
#include "device_emulated.h"
#endif
