#include "device_floors.h"

#include <algorithm>
#include <chrono>

#include "launcher.h"

namespace longcat::cuda {

namespace {

constexpr int kRuns = 5;
constexpr int64_t kThreads = 256;
constexpr int64_t kBlocksEach = 4;  // of a multiprocessor
constexpr double kFlopsOfRound = 8.0 * 2 * 16 * 8 * 16;  // kFloorTiles

// Seconds of the fastest run, or a negative number where one failed.
template <class Queue>
double fastest(Stream& stream, int32_t* status, const Queue& queue) {
  double best = -1;
  for (int run = -1; run < kRuns && *status == kOk; run++) {  // one warms up
    auto start = std::chrono::steady_clock::now();
    *status = queue();
    if (*status == kOk) *status = stream.synchronise();
    double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (run >= 0) best = best < 0 ? seconds : std::min(best, seconds);
  }
  return best;
}

int32_t measure(Stream& stream, Address buffer, int64_t bytes, int64_t rounds, Floors* floors) {
  int64_t blocks = kBlocksEach * stream.multiprocessors();
  auto* sums = stream.workspace(blocks * kThreads * 4);
  if (sums == nullptr) return kNoMemory;
  int32_t status = kOk;
  double reading = fastest(stream, &status, [&] {
    return run(stream, "read_floor", {blocks, 1, kThreads, 0},
               reinterpret_cast<const void*>(buffer), static_cast<long long>(bytes / 16),
               reinterpret_cast<unsigned*>(sums));
  });
  if (status != kOk) return status;
  double multiplying = fastest(stream, &status, [&] {
    return run(stream, "product_floor", {blocks, 1, kThreads, 0}, static_cast<int>(rounds),
               reinterpret_cast<float*>(sums));
  });
  if (status != kOk) return status;
  floors->read_bytes_per_second = static_cast<double>(bytes) / reading;
  floors->bf16_flops_per_second =
      kFlopsOfRound * static_cast<double>(rounds * blocks * (kThreads / 32)) / multiplying;
  return kOk;
}

}  // namespace

int32_t measure_floors(Stream& stream, int64_t bytes, int64_t rounds, Floors* floors) {
  if (bytes < 16 || rounds < 1 || rounds > INT32_MAX) return kMisfit;
  Context& context = stream.context();
  Address buffer = 0;
  int32_t status = context.take(static_cast<uint64_t>(bytes), "a buffer that measures reading", &buffer);
  if (status != kOk) return status;
  status = context.check(context.driver().fill(buffer, 1, static_cast<uint64_t>(bytes), stream.handle()),
                         "cuMemsetD8Async");
  if (status == kOk) status = measure(stream, buffer, bytes, rounds, floors);
  stream.synchronise();
  context.arena().give(buffer);
  return status;
}

}  // namespace longcat::cuda
