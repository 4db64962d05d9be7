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

// An operation that was begun, to be ended later.
struct ExpertsCall {
  int64_t experts;
  int64_t expert_count;
  int64_t slices;
  int64_t first_id;
  int64_t ids;
  int64_t weights;
  int64_t top_k;
  int64_t x;
  int64_t x_stride;
  int64_t into;
  int64_t into_stride;
  int64_t rows;
};

struct Context {
  Context(const Kernels* kernels_in, int32_t numerics_in, ThreadPool& pool_in, Lane lane_in)
      : kernels(kernels_in),
        numerics(numerics_in),
        pool(pool_in),
        lane(lane_in),
        per_thread(static_cast<size_t>(pool_in.threads())) {}

  bool reserve_per_thread(int64_t bytes);

  // The whole memory of a thread.
  Scratch& scratch(int taker) {
    Scratch& scratch = per_thread[static_cast<size_t>(taker)];
    scratch.reset();
    return scratch;
  }

  // Shares out the items of an operation.
  template <class Body>
  void share(int64_t count, const Body& body) {
    pool.run(lane, thread, count, body);
  }

  // The same, unless waking others takes longer than the work, which is about so many
  // multiplications.
  template <class Body>
  void run(int64_t count, int64_t work, const Body& body) {
    if (work >= kGrain) return share(count, body);
    for (int64_t item = 0; item < count; item++) body(item, thread);
  }

  // Whether products with weights of the format take inputs rounded to BF16.
  bool rounds(int32_t format) const {
    return numerics != LONGCAT_EXACT && (format == LONGCAT_BF16 || format == LONGCAT_FP8);
  }

  // Whether they take inputs rounded to E4M3 with scales instead.
  bool quantises(int32_t format) const {
    return numerics == LONGCAT_QUANTISED && format == LONGCAT_FP8;
  }

  const Kernels* kernels;
  const int32_t numerics;
  ThreadPool& pool;
  const Lane lane;
  // The one that calls operations.
  int thread = 0;
  Scratch shared;
  // For what outlives an operation that an operation is made of.
  Scratch kept;
  // For choices of positions, one row after the other.
  Scratch choices;
  std::vector<Scratch> per_thread;
};

// What the operations of a backend share, and what those that run beside others share.
struct Backend {
  Backend(const Kernels* kernels, int32_t numerics, int threads, bool pinned)
      : pool(threads, pinned),
        main(kernels, numerics, pool, Lane::kCaller),
        beside(kernels, numerics, pool, Lane::kBeside) {}

  // A task uses what stands behind the pool.
  ~Backend() { pool.end(); }

  ThreadPool pool;
  Context main;
  Context beside;
  ExpertsCall experts{};
  // Of the last experts.
  int32_t status = LONGCAT_OK;
};

inline Backend& backend_at(int64_t address) { return *reinterpret_cast<Backend*>(address); }

inline Context& context_at(int64_t address) { return backend_at(address).main; }

inline float* floats_at(int64_t address) { return reinterpret_cast<float*>(address); }

inline const int32_t* ints_at(int64_t address) {
  return reinterpret_cast<const int32_t*>(address);
}

}  // namespace longcat
