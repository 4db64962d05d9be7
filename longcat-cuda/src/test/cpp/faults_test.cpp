// Every call of the driver fails in turn, while a backend is opened, takes weights in, runs a pass
// and is closed: all of it ends with a status and words, and everything is given back.
#include <cstdint>
#include <vector>

#include "backend.h"
#include "check.h"
#include "emulator.h"
#include "faulty_driver.h"

namespace {

using namespace longcat::cuda;
using longcat::test::FaultyDriver;
using longcat::test::test;

constexpr int32_t kUnknownError = 999;
constexpr int64_t kColumns = 5;
constexpr int64_t kMost = 1 << 24;

// Ends at the first thing that fails; true where nothing did.
class Pass {
 public:
  // The memory is taken at once, or as it is needed.
  Pass(int64_t backend, int64_t first_bytes) : backend_(backend), first_bytes_(first_bytes) {}

  bool run() {
    return longcat_cuda_device_count(backend_) == 2 &&
           opened(longcat_cuda_open(backend_, 0, LONGCAT_CUDA_EXACT, first_bytes_, kMost, nullptr,
                                    0)) &&
           take_weights() && open_memory() && compute() && repeat() && read() && meet();
  }
  ~Pass() { longcat_cuda_slot_release(slot_); }
  const std::vector<float>& numbers() const { return numbers_; }

 private:
  static bool opened(int32_t status) { return status == LONGCAT_CUDA_OK; }

  bool take_weights() {
    weight_ = longcat_cuda_weight_open(backend_, LONGCAT_CUDA_F32, kColumns, kColumns, 1, 1,
                                       kColumns, 1);
    std::vector<float> ones(kColumns * kColumns, 1);
    if (weight_ == 0) return false;
    if (!opened(longcat_cuda_weight_rows(backend_, weight_, 0, kColumns, ones.data(), 100))) {
      return false;
    }
    const int64_t expert[] = {weight_, weight_, weight_};
    experts_ = longcat_cuda_experts_open(backend_, expert, 1, 1);
    return experts_ != 0;
  }

  bool open_memory() {
    x_ = longcat_cuda_allocate(backend_, 256);
    if (x_ == 0) return false;
    y_ = longcat_cuda_allocate(backend_, 256);
    if (y_ == 0) return false;
    picks_ = longcat_cuda_allocate(backend_, 256);
    if (picks_ == 0) return false;
    main_ = longcat_cuda_stream_open(backend_);
    if (main_ == 0) return false;
    side_ = longcat_cuda_stream_open(backend_);
    if (side_ == 0) return false;
    plan_ = longcat_cuda_plan_open(backend_, 16, 4);
    if (plan_ == 0) return false;
    readout_ = longcat_cuda_readout_open(backend_, kColumns);
    return readout_ != 0;
  }

  bool compute() {
    const float values[kColumns] = {1, 2, 3, 4, 5};
    const int32_t pages[] = {2};
    const int32_t ids[] = {3};
    longcat_cuda_plan_begin(plan_);
    return opened(longcat_cuda_plan_span(plan_, pages, 1, 0, 1, 7, 0)) &&
           opened(longcat_cuda_plan_send(main_, plan_)) &&
           opened(longcat_cuda_write(main_, values, 20, x_, 1, kColumns, kColumns)) &&
           opened(longcat_cuda_add_embeddings(main_, weight_, ids, 1, x_, kColumns, kColumns)) &&
           opened(longcat_cuda_await(side_, main_)) &&
           opened(longcat_cuda_linear(side_, weight_, 0, x_, kColumns, kColumns, y_, kColumns,
                                      kColumns, 1)) &&
           opened(longcat_cuda_route(side_, weight_, 0, 0, x_, kColumns, kColumns, 1, 1, 1, 0,
                                     picks_, picks_ + 128)) &&
           opened(longcat_cuda_add_experts(side_, experts_, 0, picks_, picks_ + 128, 1, x_,
                                           kColumns, y_, kColumns, 1, kColumns)) &&
           opened(longcat_cuda_await(main_, side_)) &&
           opened(longcat_cuda_add(main_, x_, kColumns, y_, kColumns, 1, kColumns));
  }

  // As a graph over both streams, twice.
  bool repeat() {
    if (!opened(longcat_cuda_capture_begin(main_))) return false;
    bool queued = opened(longcat_cuda_await(side_, main_)) &&
                  opened(longcat_cuda_add(side_, x_, kColumns, y_, kColumns, 1, kColumns)) &&
                  opened(longcat_cuda_await(main_, side_));
    int64_t graph = longcat_cuda_capture_end(main_);
    if (!queued || graph == 0) return false;
    return opened(longcat_cuda_graph_launch(main_, graph)) &&
           opened(longcat_cuda_graph_launch(main_, graph));
  }

  bool read() {
    numbers_.assign(kColumns, 0);
    std::vector<float> again(kColumns);
    return opened(longcat_cuda_read(main_, numbers_.data(), 20, y_, 1, kColumns, kColumns)) &&
           opened(longcat_cuda_readout_fill(main_, readout_, y_, 1, kColumns, kColumns)) &&
           opened(longcat_cuda_readout_copy(backend_, readout_, 0, kColumns, again.data(), 20)) &&
           opened(longcat_cuda_synchronise(main_)) && opened(longcat_cuda_free(backend_, x_));
  }

  bool meet() {
    if (longcat_cuda_reach(backend_, 1) != 1) return false;
    slot_ = longcat_cuda_slot_open(backend_, 256);
    return slot_ != 0 && longcat_cuda_slot_join(backend_, slot_) != 0 &&
           opened(longcat_cuda_slot_fill(main_, slot_)) &&
           opened(longcat_cuda_slot_await(side_, slot_)) && longcat_cuda_left_bytes(backend_) > 0;
  }

  int64_t backend_;
  int64_t first_bytes_;
  int64_t slot_ = 0;
  int64_t weight_ = 0;
  int64_t experts_ = 0;
  int64_t x_ = 0;
  int64_t y_ = 0;
  int64_t picks_ = 0;
  int64_t main_ = 0;
  int64_t side_ = 0;
  int64_t plan_ = 0;
  int64_t readout_ = 0;
  std::vector<float> numbers_;
};

struct Outcome {
  bool passed;
  std::string message;
  std::vector<float> numbers;
  int64_t calls_of_pass;
  FaultyDriver::Record record;
};

Outcome run(int64_t failing, int32_t error) {
  Outcome outcome{};
  auto* backend = new Backend;
  backend->driver = std::make_unique<FaultyDriver>(open_emulated_driver(2, 1 << 28), failing,
                                                   error, outcome.record);
  auto handle = reinterpret_cast<int64_t>(backend);
  {
    // A block for which there is no memory is asked for again, as a smaller one.
    Pass pass(handle, error == kOutOfMemory ? kMost : 0);
    outcome.passed = pass.run();
    outcome.numbers = pass.numbers();
  }
  outcome.calls_of_pass = outcome.record.calls;
  int8_t text[512];
  int32_t length = longcat_cuda_message(handle, text, sizeof text);
  outcome.message.assign(reinterpret_cast<char*>(text), static_cast<size_t>(length));
  longcat_cuda_close(handle);
  return outcome;
}

void every_call_fails(const char* settings, int32_t error) {
  CHECK(longcat::emulator::configure(settings));
  Outcome right = run(-1, error);
  CHECK(right.passed);
  CHECK(right.record.open == 0);
  CHECK(right.numbers.size() == kColumns && right.numbers[0] > 1);
  for (int64_t failing = 0; failing < right.record.calls; failing++) {
    Outcome outcome = run(failing, error);
    CHECK(outcome.record.open == 0);
    bool while_running = failing < right.calls_of_pass;
    CHECK(outcome.passed == !while_running);
    if (while_running) CHECK(!outcome.message.empty());
  }
}

}  // namespace

int main() {
  test("A driver that fails at any call is told, and everything is given back",
       [] { every_call_fails("seed=1,loose=0", kUnknownError); });
  test("So is one that has no memory, and one whose streams are loose",
       [] { every_call_fails("seed=2,loose=1", kOutOfMemory); });
  return longcat::test::result();
}
