// What the handles of longcat_cuda.h stand for.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "context.h"
#include "longcat_cuda.h"
#include "operations.h"
#include "peer.h"
#include "plan.h"
#include "staging.h"
#include "stream.h"

namespace longcat::cuda {

struct Backend;

// A stream with the pinned memory that its numbers go through.
struct Lane {
  explicit Lane(Backend& owner);
  int32_t open();

  Backend& backend;
  Stream stream;
  Staging staging;
};

struct ExpertGroup {
  std::vector<ExpertView> on_host;
  Address on_device = 0;
  int32_t slices = 1;
};

// Pinned memory that a stream fills and the host reads.
class Readout {
 public:
  explicit Readout(Context& context) : context_(context) {}
  ~Readout() { close(); }
  Readout(const Readout&) = delete;
  Readout& operator=(const Readout&) = delete;

  int32_t open(int64_t numbers);
  void close();
  // From rows that lie one behind the other.
  int32_t fill(Address from, int64_t numbers, StreamHandle stream);
  int32_t copy(int64_t first, int64_t numbers, float* into);
  int64_t capacity() const { return capacity_; }

 private:
  Context& context_;
  void* memory_ = nullptr;
  EventHandle filled_ = nullptr;
  int64_t capacity_ = 0;
  int64_t numbers_ = 0;
};

// Everything of a backend; closing it closes all that was opened of it.
struct Backend {
  ~Backend() { close(); }

  int32_t open(const ContextOptions& options, const void* image);
  void close();
  // Waits for all that is queued.
  int32_t settle();
  std::string message() { return context == nullptr ? why_not : context->message(); }

  std::shared_ptr<Driver> driver;
  std::string why_not;  // there is no driver
  std::unique_ptr<Context> context;
  std::unique_ptr<Lane> setup;  // for weights and new memory
  bool loading = false;         // whether something is queued there
  std::vector<std::unique_ptr<Lane>> lanes;
  std::vector<std::unique_ptr<WeightView>> weights;
  std::vector<std::unique_ptr<ExpertGroup>> groups;
  std::vector<std::unique_ptr<Plan>> plans;
  std::vector<std::unique_ptr<Readout>> readouts;
  std::vector<std::unique_ptr<Graph>> graphs;
  std::vector<std::shared_ptr<PeerSlot>> slots;  // that streams of this backend use
};

inline Backend& backend_at(int64_t handle) { return *reinterpret_cast<Backend*>(handle); }
inline Lane& lane_at(int64_t handle) { return *reinterpret_cast<Lane*>(handle); }
inline Plan& plan_at(int64_t handle) { return *reinterpret_cast<Plan*>(handle); }
inline Readout& readout_at(int64_t handle) { return *reinterpret_cast<Readout*>(handle); }
inline const WeightView& weight_at(int64_t handle) {
  return *reinterpret_cast<const WeightView*>(handle);
}

inline MatrixView matrix(int64_t address, int64_t rows, int64_t columns, int64_t stride) {
  return {reinterpret_cast<float*>(address), rows, columns, stride};
}

// Nothing is thrown across the boundary.
template <class Body>
int32_t guarded(const Body& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return kNoMemory;
  } catch (...) {
    return kFailed;
  }
}

// A call that makes something; null where it failed.
template <class Body>
int64_t made(const Body& body) noexcept {
  try {
    return reinterpret_cast<int64_t>(body());
  } catch (...) {
    return 0;
  }
}

// An operation of a stream, after what was loaded so far.
template <class Body>
int32_t operation(int64_t stream, const Body& body) noexcept {
  return guarded([&] {
    Lane& lane = lane_at(stream);
    Backend& backend = lane.backend;
    int32_t status = backend.context->enter();
    if (status == kOk && backend.loading) {
      status = backend.setup->stream.synchronise();
      backend.loading = false;
    }
    return status == kOk ? body(lane) : status;
  });
}

}  // namespace longcat::cuda
