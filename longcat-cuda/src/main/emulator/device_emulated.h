// What the words of device.h mean to the emulator.
#pragma once

#include <cmath>
#include <cstring>

#include "emulator.h"

#define KERNEL
#define DEVICE inline
#define UNROLL
#define ROLLED
#define SHARED(T, name, n)           \
  static const char name##_key = 0;  \
  T* name = static_cast<T*>(         \
      emulator::shared(&name##_key, #name, sizeof(T) * static_cast<size_t>(n), Place::here()))
#define LAUNCH_BOUNDS(threads, blocks)

namespace longcat::device {

using Place = emulator::Place;

inline u8* dynamic_shared(Place place = Place::here()) {
  return static_cast<u8*>(emulator::dynamic_shared(place));
}

inline i32 thread_index() { return emulator::now.thread; }
inline i32 block_index() { return emulator::now.block_x; }
inline i32 block_index_y() { return emulator::now.block_y; }
inline i32 block_count() { return emulator::now.blocks_x; }
inline i32 block_count_y() { return emulator::now.blocks_y; }
inline i32 block_threads() { return emulator::now.threads; }
inline i32 lane() { return thread_index() & 31; }
inline i32 warp() { return thread_index() >> 5; }

inline void sync_block(Place place = Place::here()) { emulator::sync_block(place); }
inline void sync_warp(Place place = Place::here()) { emulator::sync_warp(place); }
inline void fence() { emulator::fence(); }

template <class T>
T shuffle(T value, i32 from, Place place = Place::here()) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  u64 bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = emulator::exchange(bits, from & 31, place);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
template <class T>
T shuffle_xor(T value, i32 mask, Place place = Place::here()) {
  return shuffle(value, lane() ^ mask, place);
}
// All five exchanges in one meeting, which is what takes time here.
template <class T>
T fold_lanes(T value, emulator::Fold fold, Place place) {
  u64 bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = emulator::fold(bits, fold, place);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
inline float sum_lanes(float value, Place place = Place::here()) {
  return fold_lanes(value, emulator::Fold::kSumF32, place);
}
inline i32 sum_lanes(i32 value, Place place = Place::here()) {
  return fold_lanes(value, emulator::Fold::kSumI32, place);
}
inline float max_lanes(float value, Place place = Place::here()) {
  return fold_lanes(value, emulator::Fold::kMaxF32, place);
}
inline i32 max_lanes(i32 value, Place place = Place::here()) {
  return fold_lanes(value, emulator::Fold::kMaxI32, place);
}
inline u32 max_lanes(u32 value, Place place = Place::here()) {
  return fold_lanes(value, emulator::Fold::kMaxU32, place);
}
inline u64 max_lanes(u64 value, Place place = Place::here()) {
  return fold_lanes(value, emulator::Fold::kMaxU64, place);
}
inline u32 ballot(bool set, Place place = Place::here()) { return emulator::ballot(set, place); }
inline bool any(bool set, Place place = Place::here()) { return emulator::ballot(set, place) != 0; }
inline bool all(bool set, Place place = Place::here()) { return emulator::ballot(set, place) == ~0u; }

// Fibers do not interrupt each other: so an atomic is a plain change that sanitizers are told of.
template <class T, class Change>
T atomic_change(T* at, Place place, Change change) {
  emulator::atomic_begin(at, sizeof(T), place);
  T old = __atomic_load_n(at, __ATOMIC_RELAXED);
  __atomic_store_n(at, change(old), __ATOMIC_RELAXED);
  emulator::atomic_end(at);
  return old;
}
inline i32 atomic_add(i32* at, i32 value, Place place = Place::here()) {
  return atomic_change(at, place, [=](i32 old) { return old + value; });
}
inline u32 atomic_add(u32* at, u32 value, Place place = Place::here()) {
  return atomic_change(at, place, [=](u32 old) { return old + value; });
}
inline u32 atomic_max(u32* at, u32 value, Place place = Place::here()) {
  return atomic_change(at, place, [=](u32 old) { return old > value ? old : value; });
}
inline u32 atomic_min(u32* at, u32 value, Place place = Place::here()) {
  return atomic_change(at, place, [=](u32 old) { return old < value ? old : value; });
}
inline u64 atomic_max(u64* at, u64 value, Place place = Place::here()) {
  return atomic_change(at, place, [=](u64 old) { return old > value ? old : value; });
}
inline u64 atomic_min(u64* at, u64 value, Place place = Place::here()) {
  return atomic_change(at, place, [=](u64 old) { return old < value ? old : value; });
}

template <class T>
T load(const T* from, Place place = Place::here()) {
  emulator::touch(from, sizeof(T), alignof(T), emulator::Access::kRead, place);
  return *from;
}
template <class T>
void store(T* into, T value, Place place = Place::here()) {
  emulator::touch(into, sizeof(T), alignof(T), emulator::Access::kWrite, place);
  *into = value;
}
inline Vector4 load_stream(const Vector4* from, Place place = Place::here()) {
  emulator::touch(from, sizeof(Vector4), alignof(Vector4), emulator::Access::kStream, place);
  return *from;
}

inline void copy_async16(void* shared, const void* global, bool valid, Place place = Place::here()) {
  emulator::copy_async16(shared, global, valid, place);
}
inline void copy_async_commit() { emulator::copy_async_commit(); }
template <int kPending>
void copy_async_wait() {
  emulator::copy_async_wait(kPending);
}

inline void load_matrix4(u32 r[4], const void* shared, Place place = Place::here()) {
  emulator::load_matrix4(r, shared, false, place);
}
inline void load_matrix4_transposed(u32 r[4], const void* shared, Place place = Place::here()) {
  emulator::load_matrix4(r, shared, true, place);
}
inline void multiply_bf16(float c[4], const u32 a[4], const u32 b[2], Place place = Place::here()) {
  emulator::multiply_bf16(c, a, b, place);
}
inline void multiply_fp8(float c[4], const u32 a[4], const u32 b[2], Place place = Place::here()) {
  emulator::multiply_fp8(c, a, b, place);
}

inline float bits_to_float(u32 bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
inline u32 float_to_bits(float value) {
  u32 bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
inline float fma_f(float a, float b, float c) { return std::fma(a, b, c); }
inline double fma_d(double a, double b, double c) { return std::fma(a, b, c); }
inline float sqrt_f(float x) { return std::sqrt(x); }
inline float rsqrt_f(float x) { return 1.0f / std::sqrt(x); }
inline float divide_f(float a, float b) { return a / b; }
inline float exp_f(float x) { return std::exp(x); }
inline float log_f(float x) { return std::log(x); }
inline double sqrt_d(double x) { return std::sqrt(x); }
inline double sin_d(double x) { return std::sin(x); }
inline double cos_d(double x) { return std::cos(x); }

}  // namespace longcat::device
