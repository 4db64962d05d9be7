// What the operations of one backend share: kernels, threads and memory to work in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels.h"
#include "thread_pool.h"

namespace longcat {

// Memory that grows to the largest operation and stays.
class Scratch {
 public:
  template <class T>
  static int64_t bytes(int64_t count) {
    return (count * static_cast<int64_t>(sizeof(T)) + 63) / 64 * 64;
  }

  // Whether there are so many bytes now; what was taken before is void.
  bool reserve(int64_t bytes);

  // The next part of the reserved bytes.
  template <class T>
  T* take(int64_t count) {
    char* part = memory_.get() + taken_;
    taken_ += bytes<T>(count);
    return reinterpret_cast<T*>(part);
  }

  // Starts again with the first byte.
  void reset() { taken_ = 0; }

 private:
  struct Free {
    void operator()(char* memory) const;
  };

  std::unique_ptr<char, Free> memory_;
  int64_t capacity_ = 0;
  int64_t taken_ = 0;
};

// Multiplications that are worth another thread.
constexpr int64_t kGrain = 32768;

struct Context {
  Context(const Kernels* kernels_in, int32_t numerics_in, int threads, bool pinned)
      : kernels(kernels_in),
        numerics(numerics_in),
        pool(threads, pinned),
        per_thread(static_cast<size_t>(threads)) {}

  bool reserve_per_thread(int64_t bytes);

  // The whole memory of a thread.
  Scratch& scratch(int thread) {
    Scratch& scratch = per_thread[static_cast<size_t>(thread)];
    scratch.reset();
    return scratch;
  }

  // Shares out the items, whose work together is about so many multiplications, unless waking
  // others takes longer than the work.
  template <class Body>
  void run(int64_t count, int64_t work, const Body& body) {
    if (work >= kGrain) return pool.run(count, body);
    for (int64_t item = 0; item < count; item++) body(item, 0);
  }

  // Whether products with weights of the format take inputs rounded to BF16.
  bool rounds(int32_t format) const {
    return numerics == LONGCAT_ROUNDED && (format == LONGCAT_BF16 || format == LONGCAT_FP8);
  }

  const Kernels* kernels;
  const int32_t numerics;
  ThreadPool pool;
  Scratch shared;
  // For what outlives an operation that an operation is made of.
  Scratch kept;
  std::vector<Scratch> per_thread;
};

inline Context& context_at(int64_t address) { return *reinterpret_cast<Context*>(address); }

inline float* floats_at(int64_t address) { return reinterpret_cast<float*>(address); }

inline const int32_t* ints_at(int64_t address) {
  return reinterpret_cast<const int32_t*>(address);
}

}  // namespace longcat
