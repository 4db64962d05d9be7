#include "floors.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
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

// Reads `count` words as kStreams streams side by side, fetching kAhead bytes ahead of each.
template <int kStreams, int kAhead>
uint64_t read_plain(const uint64_t* from, int64_t count) {
  const int64_t length = count / kStreams;
  uint64_t sums[8] = {};
  for (int64_t i = 0; i + 8 <= length; i += 8) {
    for (int stream = 0; stream < kStreams; stream++) {
      const uint64_t* at = from + stream * length + i;
      if (kAhead > 0) {
        __builtin_prefetch(reinterpret_cast<const char*>(at) + kAhead);
      }
      for (int lane = 0; lane < 8; lane++) {
        sums[lane] ^= at[lane];
      }
    }
  }
  return sums[0] ^ sums[1] ^ sums[2] ^ sums[3] ^ sums[4] ^ sums[5] ^ sums[6] ^ sums[7];
}

#if defined(__x86_64__)

template <int kStreams, int kAhead>
__attribute__((target("avx512f"))) uint64_t read_avx512(const uint64_t* from, int64_t count) {
  const int64_t length = count / kStreams;
  __m512i sums[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
                     _mm512_setzero_si512()};
  for (int64_t i = 0; i + 32 <= length; i += 32) {
    for (int stream = 0; stream < kStreams; stream++) {
      const uint64_t* at = from + stream * length + i;
#pragma GCC unroll 4
      for (int line = 0; line < 4; line++) {
        if (kAhead > 0) {
          __builtin_prefetch(reinterpret_cast<const char*>(at + 8 * line) + kAhead);
        }
        sums[line] = _mm512_xor_si512(sums[line], _mm512_loadu_si512(at + 8 * line));
      }
    }
  }
  uint64_t lanes[8];
  _mm512_storeu_si512(lanes, _mm512_xor_si512(_mm512_xor_si512(sums[0], sums[1]),
                                              _mm512_xor_si512(sums[2], sums[3])));
  return read_plain<1, 0>(lanes, 8);
}

__attribute__((target("avx512f"))) float fma_avx512(int64_t rounds) {
  __m512 sums[kChains];
  for (__m512& sum : sums) {
    sum = _mm512_setzero_ps();
  }
  __m512 x = _mm512_set1_ps(0.5f);
  const __m512 y = _mm512_set1_ps(0.25f);
  for (int64_t round = 0; round < rounds; round++) {
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

__attribute__((target("avx512f,avx512bf16"))) float dot_avx512(int64_t rounds) {
  __m512 sums[kChains];
  for (__m512& sum : sums) {
    sum = _mm512_setzero_ps();
  }
  __m512i x = _mm512_set1_epi16(0x3f00);  // 0.5
  const __m512i y = _mm512_set1_epi16(0x3e80);
  for (int64_t round = 0; round < rounds; round++) {
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

__attribute__((target("avx2,fma"))) float fma_avx2(int64_t rounds) {
  __m256 sums[kShortChains];
  for (__m256& sum : sums) {
    sum = _mm256_setzero_ps();
  }
  __m256 x = _mm256_set1_ps(0.5f);
  const __m256 y = _mm256_set1_ps(0.25f);
  for (int64_t round = 0; round < rounds; round++) {
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

using Reader = uint64_t (*)(const uint64_t*, int64_t);

// Ways to read that machines and sizes of pages differ on; the fastest one is the floor.
std::vector<Reader> readers() {
#if defined(__x86_64__)
  if (has_avx512()) {
    return {read_avx512<1, 0>, read_avx512<1, 4096>, read_avx512<2, 0>, read_avx512<2, 4096>,
            read_avx512<4, 0>};
  }
#endif
  return {read_plain<1, 0>, read_plain<1, 4096>, read_plain<2, 0>, read_plain<2, 4096>,
          read_plain<4, 0>};
}

// A loop over registers, and how many additions and multiplications a round of it makes.
struct Loop {
  float (*run)(int64_t rounds);
  double operations;
};

Loop loop_of(int32_t kind) {
#if defined(__x86_64__)
  if (kind == LONGCAT_FLOOR_BF16 && has_avx512_bf16()) {
    return {dot_avx512, 2.0 * kChains * 32};
  }
  if (kind == LONGCAT_FLOOR_F32 && has_avx512()) {
    return {fma_avx512, 2.0 * kChains * 16};
  }
  if (kind == LONGCAT_FLOOR_F32 && has_avx2()) {
    return {fma_avx2, 2.0 * kShortChains * 8};
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

double compute(const Loop& loop, int32_t threads, int64_t rounds) {
  const double seconds = run_together(threads, [&](int32_t) {
    sink.fetch_add(static_cast<uint64_t>(loop.run(rounds)));
  });
  return loop.operations * static_cast<double>(rounds) * threads / seconds;
}

constexpr int64_t kPiece = 8 * 256;  // Bytes that every way to read takes whole.
constexpr int kTrials = 6;

}  // namespace

struct longcat_meter {
  longcat_meter(int64_t bytes, int32_t threads)
      : buffer(bytes), threads(threads), share(bytes / threads / kPiece * kPiece) {}

  double read(Reader reader, int64_t bytes) {
    int64_t each = bytes / threads / kPiece * kPiece;
    each = each < kPiece ? kPiece : each > share ? share : each;
    if (position + each > share) {
      position = 0;
    }
    const double seconds = run_together(threads, [&](int32_t thread) {
      sink.fetch_add(reader(buffer.data + (thread * share + position) / 8, each / 8));
    });
    position += each;
    return static_cast<double>(each) * threads / seconds;
  }

  // The thread that reads a part writes it first, so that it lies in its memory.
  void fill() {
    run_together(threads, [&](int32_t thread) {
      memset(buffer.data + thread * share / 8, thread + 1, static_cast<size_t>(share));
    });
  }

  // In turns, so that a machine that slows down meanwhile slows all of them.
  void choose(int64_t bytes) {
    double best = 0;
    for (int trial = 0; trial < kTrials; trial++) {
      for (Reader reader : readers()) {
        const double rate = read(reader, bytes);
        if (rate > best) {
          best = rate;
          fastest = reader;
        }
      }
    }
  }

  Buffer buffer;
  int32_t threads;
  int64_t share;
  int64_t position = 0;
  Reader fastest = readers().front();
};

extern "C" longcat_meter* longcat_meter_open(int64_t bytes, int32_t threads,
                                             int64_t pass) noexcept {
  if (threads < 1 || pass < 1 || bytes < pass || bytes / threads < kPiece) {
    return nullptr;
  }
  try {
    std::unique_ptr<longcat_meter> meter(new longcat_meter(bytes, threads));
    if (meter->buffer.data == nullptr) {
      return nullptr;
    }
    meter->fill();
    meter->choose(pass);
    return meter.release();
  } catch (const std::exception&) {
    return nullptr;
  }
}

extern "C" double longcat_meter_read(longcat_meter* meter, int64_t bytes) noexcept {
  if (meter == nullptr || bytes < 1) {
    return 0;
  }
  try {
    return meter->read(meter->fastest, bytes);
  } catch (const std::exception&) {
    return 0;
  }
}

extern "C" void longcat_meter_close(longcat_meter* meter) noexcept { delete meter; }

extern "C" double longcat_floor_compute(int32_t kind, int32_t threads, int64_t rounds) noexcept {
  const Loop loop = loop_of(kind);
  if (loop.run == nullptr || threads < 1 || rounds < 1) {
    return 0;
  }
  try {
    return compute(loop, threads, rounds);
  } catch (const std::exception&) {
    return 0;
  }
}
