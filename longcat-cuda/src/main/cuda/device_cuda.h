// What the words of device.h mean to a CUDA compiler.
#pragma once

#define KERNEL extern "C" __global__
#define DEVICE __device__ __forceinline__
#define UNROLL _Pragma("unroll")
#define ROLLED _Pragma("unroll 1")
#define SHARED(T, name, n) __shared__ __align__(128) T name[n]
#define LAUNCH_BOUNDS(threads, blocks) __launch_bounds__(threads, blocks)

namespace longcat::device {

extern __shared__ __align__(128) u8 dynamic_shared_memory[];

DEVICE u8* dynamic_shared() { return dynamic_shared_memory; }

DEVICE i32 thread_index() { return static_cast<i32>(threadIdx.x); }
DEVICE i32 block_index() { return static_cast<i32>(blockIdx.x); }
DEVICE i32 block_index_y() { return static_cast<i32>(blockIdx.y); }
DEVICE i32 block_count() { return static_cast<i32>(gridDim.x); }
DEVICE i32 block_count_y() { return static_cast<i32>(gridDim.y); }
DEVICE i32 block_threads() { return static_cast<i32>(blockDim.x); }
DEVICE i32 lane() { return thread_index() & 31; }
DEVICE i32 warp() { return thread_index() >> 5; }

DEVICE void sync_block() { __syncthreads(); }
DEVICE void sync_warp() { __syncwarp(); }
DEVICE void fence() { __threadfence(); }

template <class T>
DEVICE T shuffle(T value, i32 from) {
  return __shfl_sync(~0u, value, from);
}
template <class T>
DEVICE T shuffle_xor(T value, i32 mask) {
  return __shfl_xor_sync(~0u, value, mask);
}
// With the lane 16 apart, then with the one 8 apart, and so on.
template <class T>
DEVICE T sum_lanes(T value) {
  UNROLL
  for (int mask = 16; mask > 0; mask /= 2) value += shuffle_xor(value, mask);
  return value;
}
template <class T>
DEVICE T max_lanes(T value) {
  UNROLL
  for (int mask = 16; mask > 0; mask /= 2) {
    T other = shuffle_xor(value, mask);
    value = other > value ? other : value;
  }
  return value;
}
DEVICE u32 ballot(bool set) { return __ballot_sync(~0u, set); }
DEVICE bool any(bool set) { return __any_sync(~0u, set) != 0; }
DEVICE bool all(bool set) { return __all_sync(~0u, set) != 0; }

DEVICE i32 atomic_add(i32* at, i32 value) { return atomicAdd(at, value); }
DEVICE u32 atomic_add(u32* at, u32 value) { return atomicAdd(at, value); }
DEVICE u32 atomic_max(u32* at, u32 value) { return atomicMax(at, value); }
DEVICE u32 atomic_min(u32* at, u32 value) { return atomicMin(at, value); }
DEVICE u64 atomic_max(u64* at, u64 value) { return atomicMax(at, value); }
DEVICE u64 atomic_min(u64* at, u64 value) { return atomicMin(at, value); }

template <class T>
DEVICE T load(const T* from) {
  return *from;
}
template <class T>
DEVICE void store(T* into, T value) {
  *into = value;
}
DEVICE Vector4 load_stream(const Vector4* from) {
  Vector4 value;
  asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0,%1,%2,%3}, [%4];"
               : "=r"(value.v[0]), "=r"(value.v[1]), "=r"(value.v[2]), "=r"(value.v[3])
               : "l"(from));
  return value;
}

DEVICE u32 shared_address(const void* shared) {
  return static_cast<u32>(__cvta_generic_to_shared(shared));
}
DEVICE void copy_async16(void* shared, const void* global, bool valid) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(shared)),
               "l"(global), "r"(valid ? 16 : 0)
               : "memory");
}
DEVICE void copy_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int kPending>
DEVICE void copy_async_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
}

DEVICE void load_matrix4(u32 r[4], const void* shared) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(shared))
               : "memory");
}
DEVICE void load_matrix4_transposed(u32 r[4], const void* shared) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(shared))
               : "memory");
}
DEVICE void multiply_bf16(float c[4], const u32 a[4], const u32 b[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, "
      "{%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
DEVICE void multiply_fp8(float c[4], const u32 a[4], const u32 b[2]) {
#if __CUDA_ARCH__ >= 890
  asm volatile(
      "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, "
      "{%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  asm volatile("trap;");  // the host launches nothing of it
#endif
}

DEVICE float bits_to_float(u32 bits) { return __uint_as_float(bits); }
DEVICE u32 float_to_bits(float value) { return __float_as_uint(value); }
DEVICE float fma_f(float a, float b, float c) { return __fmaf_rn(a, b, c); }
DEVICE double fma_d(double a, double b, double c) { return __fma_rn(a, b, c); }
DEVICE float sqrt_f(float x) { return __fsqrt_rn(x); }
DEVICE float rsqrt_f(float x) { return __fdiv_rn(1.0f, __fsqrt_rn(x)); }
DEVICE float divide_f(float a, float b) { return __fdiv_rn(a, b); }
DEVICE float exp_f(float x) { return expf(x); }
DEVICE float log_f(float x) { return logf(x); }
DEVICE double sqrt_d(double x) { return sqrt(x); }
DEVICE double sin_d(double x) { return sin(x); }
DEVICE double cos_d(double x) { return cos(x); }

}  // namespace longcat::device
