#include "floors.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

constexpr int kChains = 24;  // Two ports of latency 4 to 6 need about a dozen; 24 leave room.
constexpr int64_t kRounds = 2'000'000;

using Clock = std::chrono::steady_clock;

// Runs `work(thread)` on all threads, each after all have arrived; seconds from start to end.
template <typename Work>
double run_together(int32_t threads, const Work& work) {
  std::atomic<int32_t> arrived{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> others;
  const auto one = [&](int32_t thread) {
    arrived.fetch_add(1);
    while (!go.load(std::memory_order_acquire)) {
      std::this_thread::yield();
    }
    work(thread);
  };
  for (int32_t thread = 1; thread < threads; thread++) {
    others.emplace_back(one, thread);
  }
  while (arrived.load() < threads - 1) {
    std::this_thread::yield();
  }
  const auto start = Clock::now();
  go.store(true, std::memory_order_release);
  work(0);
  for (std::thread& other : others) {
    other.join();
  }
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::atomic<uint64_t> sink{0};

uint64_t sum_plain(const uint64_t* from, int64_t count) {
  uint64_t sums[8] = {};
  for (int64_t i = 0; i + 8 <= count; i += 8) {
    for (int lane = 0; lane < 8; lane++) {
      sums[lane] += from[i + lane];
    }
  }
  return sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
}

#if defined(__x86_64__)

__attribute__((target("avx512f"))) uint64_t sum_avx512(const uint64_t* from, int64_t count) {
  __m512i a = _mm512_setzero_si512();
  __m512i b = a;
  __m512i c = a;
  __m512i d = a;
  for (int64_t i = 0; i + 32 <= count; i += 32) {
    a = _mm512_xor_si512(a, _mm512_loadu_si512(from + i));
    b = _mm512_xor_si512(b, _mm512_loadu_si512(from + i + 8));
    c = _mm512_xor_si512(c, _mm512_loadu_si512(from + i + 16));
    d = _mm512_xor_si512(d, _mm512_loadu_si512(from + i + 24));
  }
  uint64_t lanes[8];
  _mm512_storeu_si512(lanes, _mm512_xor_si512(_mm512_xor_si512(a, b), _mm512_xor_si512(c, d)));
  return sum_plain(lanes, 8);
}

__attribute__((target("avx512f"))) float fma_avx512() {
  __m512 sums[kChains];
  for (__m512& sum : sums) {
    sum = _mm512_setzero_ps();
  }
  __m512 x = _mm512_set1_ps(0.5f);
  const __m512 y = _mm512_set1_ps(0.25f);
  for (int64_t round = 0; round < kRounds; round++) {
    __asm__ volatile("" : "+v"(x));
#pragma GCC unroll 24
    for (int chain = 0; chain < kChains; chain++) {
      sums[chain] = _mm512_fmadd_ps(x, y, sums[chain]);
    }
  }
  __m512 total = sums[0];
  for (int chain = 1; chain < kChains; chain++) {
    total = _mm512_add_ps(total, sums[chain]);
  }
  float lanes[16];
  _mm512_storeu_ps(lanes, total);
  return lanes[0];
}

__attribute__((target("avx512f,avx512bf16"))) float dot_avx512() {
  __m512 sums[kChains];
  for (__m512& sum : sums) {
    sum = _mm512_setzero_ps();
  }
  __m512i x = _mm512_set1_epi16(0x3f00);  // 0.5
  const __m512i y = _mm512_set1_epi16(0x3e80);
  for (int64_t round = 0; round < kRounds; round++) {
    __asm__ volatile("" : "+v"(x));
#pragma GCC unroll 24
    for (int chain = 0; chain < kChains; chain++) {
      sums[chain] = _mm512_dpbf16_ps(sums[chain], (__m512bh)x, (__m512bh)y);
    }
  }
  __m512 total = sums[0];
  for (int chain = 1; chain < kChains; chain++) {
    total = _mm512_add_ps(total, sums[chain]);
  }
  float lanes[16];
  _mm512_storeu_ps(lanes, total);
  return lanes[0];
}

constexpr int kShortChains = 12;  // Sixteen registers are all there is before AVX-512.

__attribute__((target("avx2,fma"))) float fma_avx2() {
  __m256 sums[kShortChains];
  for (__m256& sum : sums) {
    sum = _mm256_setzero_ps();
  }
  __m256 x = _mm256_set1_ps(0.5f);
  const __m256 y = _mm256_set1_ps(0.25f);
  for (int64_t round = 0; round < kRounds; round++) {
    __asm__ volatile("" : "+x"(x));
#pragma GCC unroll 12
    for (int chain = 0; chain < kShortChains; chain++) {
      sums[chain] = _mm256_fmadd_ps(x, y, sums[chain]);
    }
  }
  __m256 total = sums[0];
  for (int chain = 1; chain < kShortChains; chain++) {
    total = _mm256_add_ps(total, sums[chain]);
  }
  float lanes[8];
  _mm256_storeu_ps(lanes, total);
  return lanes[0];
}

bool has_avx512() { return __builtin_cpu_supports("avx512f"); }
bool has_avx512_bf16() { return has_avx512() && __builtin_cpu_supports("avx512bf16"); }
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

#endif

uint64_t sum(const uint64_t* from, int64_t count) {
#if defined(__x86_64__)
  if (has_avx512()) {
    return sum_avx512(from, count);
  }
#endif
  return sum_plain(from, count);
}

// A loop over registers, and how many additions and multiplications it makes.
struct Loop {
  float (*run)();
  double operations;
};

Loop loop_of(int32_t kind) {
#if defined(__x86_64__)
  const double rounds = 2.0 * static_cast<double>(kRounds);
  if (kind == LONGCAT_FLOOR_BF16 && has_avx512_bf16()) {
    return {dot_avx512, rounds * kChains * 32};
  }
  if (kind == LONGCAT_FLOOR_F32 && has_avx512()) {
    return {fma_avx512, rounds * kChains * 16};
  }
  if (kind == LONGCAT_FLOOR_F32 && has_avx2()) {
    return {fma_avx2, rounds * kShortChains * 8};
  }
#else
  (void)kind;
#endif
  return {nullptr, 0};
}

struct Buffer {
  explicit Buffer(int64_t bytes) : bytes(bytes) {
    void* got = nullptr;
    if (posix_memalign(&got, 1 << 21, static_cast<size_t>(bytes)) == 0) {
      data = static_cast<uint64_t*>(got);
#if defined(__linux__)
      madvise(got, static_cast<size_t>(bytes), MADV_HUGEPAGE);
#endif
    }
  }
  ~Buffer() { free(data); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  int64_t bytes;
  uint64_t* data = nullptr;
};

double read(int64_t bytes, int32_t threads, int32_t passes) {
  Buffer buffer(bytes);
  if (buffer.data == nullptr) {
    return 0;
  }
  const int64_t share = bytes / 8 / threads / 32 * 32;
  // The thread that reads a part writes it first, so that it lies in its memory.
  run_together(threads, [&](int32_t thread) {
    memset(buffer.data + thread * share, thread + 1, static_cast<size_t>(share) * 8);
  });
  double best = 0;
  for (int32_t pass = 0; pass < passes; pass++) {
    const double seconds = run_together(threads, [&](int32_t thread) {
      sink.fetch_add(sum(buffer.data + thread * share, share));
    });
    const double rate = static_cast<double>(share) * 8 * threads / seconds;
    best = rate > best ? rate : best;
  }
  return best;
}

double compute(const Loop& loop, int32_t threads, int32_t passes) {
  double best = 0;
  for (int32_t pass = 0; pass < passes; pass++) {
    const double seconds = run_together(threads, [&](int32_t) {
      sink.fetch_add(static_cast<uint64_t>(loop.run()));
    });
    const double rate = loop.operations * threads / seconds;
    best = rate > best ? rate : best;
  }
  return best;
}

}  // namespace

extern "C" double longcat_floor_read(int64_t bytes, int32_t threads, int32_t passes) noexcept {
  if (threads < 1 || passes < 1 || bytes < static_cast<int64_t>(threads) * 4096) {
    return 0;
  }
  try {
    return read(bytes, threads, passes);
  } catch (const std::exception&) {
    return 0;
  }
}

extern "C" double longcat_floor_compute(int32_t kind, int32_t threads, int32_t passes) noexcept {
  const Loop loop = loop_of(kind);
  if (loop.run == nullptr || threads < 1 || passes < 1) {
    return 0;
  }
  try {
    return compute(loop, threads, passes);
  } catch (const std::exception&) {
    return 0;
  }
}
