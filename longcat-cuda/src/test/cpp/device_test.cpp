// What an emulated device does with memory, streams, events and graphs.
#include <vector>

#include "check.h"
#include "elements.h"
#include "emulated_device.h"

namespace {

using namespace longcat;
using longcat::test::EmulatedDevice;
using longcat::test::test;

void memory() {
  test("A kernel works on what was uploaded and no further", [] {
    EmulatedDevice device;
    std::vector<float> values(24, 1.5f);
    float* memory = device.upload(values);
    device::MatrixView window{memory + 1, 3, 5, 8};
    CHECK(cuda::zero(device.stream, window) == cuda::kOk);
    std::vector<float> now = device.download(memory, 24);
    for (int i = 0; i < 24; i++) {
      bool inside = i % 8 >= 1 && i % 8 <= 5;
      CHECK(now[static_cast<size_t>(i)] == (inside ? 0.0f : 1.5f));
    }
    window.rows = 4;
    CHECK(cuda::zero(device.stream, window) == cuda::kFailed);
    CHECK(device.context.message().find("zero_rows") != std::string::npos);
    CHECK(device.context.message().find("outside") != std::string::npos);
  });
  test("Arguments of other sizes are refused", [] {
    EmulatedDevice device;
    CHECK(cuda::run(device.stream, "zero_rows", cuda::Blocks{1, 1, 256, 0}, 7) == cuda::kFailed);
  });
  test("Memory that is given back is one piece again, and too much tells what is missing", [] {
    EmulatedDevice device;
    cuda::Arena& arena = device.context.arena();
    cuda::Address pieces[3];
    for (auto& piece : pieces) CHECK(device.context.take(1000, "a", &piece) == cuda::kOk);
    for (int i : {1, 0, 2}) arena.give(pieces[i]);
    CHECK(arena.largest_free() == arena.bytes());
    cuda::Address piece = 0;
    CHECK(device.context.take(arena.left() + (1 << 20), "a cache", &piece) == cuda::kNoMemory);
    CHECK(device.context.message().find("a cache needs") != std::string::npos);
    CHECK(device.context.message().find("1 MiB more") != std::string::npos);
  });
}

// What a second stream reads of what a first one wrote.
float across_streams(EmulatedDevice& device, bool joined) {
  cuda::Stream side(device.context);
  device.require(side.open());
  std::vector<float> ones(8, 1);
  float* memory = device.upload(ones);
  device.require(device.stream.synchronise());
  device::MatrixView view{memory, 1, 8, 8};
  device.require(cuda::zero(device.stream, view));
  if (joined) device.require(side.wait(device.stream));
  std::vector<float> values(8);
  device.driver->copy_to_host(values.data(), reinterpret_cast<cuda::Address>(memory), 32,
                              side.handle());
  device.require(side.synchronise());
  return values[0];
}

void streams() {
  test("A loose stream shows that an event is missing", [] {
    for (int seed = 1; seed <= 2; seed++) {
      emulator::configure(seed == 1 ? "loose=1,seed=1" : "loose=1,seed=2");
      EmulatedDevice device;
      CHECK(across_streams(device, true) == 0);
      int stale = across_streams(device, false) == 1 ? 1 : 0;
      CHECK(seed == 1 ? stale == 0 : stale == 1);
    }
    emulator::configure("loose=0,seed=1");
  });
}

// Copies a number by way of a side stream, as a graph.
int32_t capture(EmulatedDevice& device, cuda::Stream& side, float* memory, bool joined,
                cuda::GraphHandle* graph) {
  device::MatrixView left{memory, 1, 4, 4};
  device::MatrixView right{memory + 4, 1, 4, 4};
  device.require(device.context.check(device.driver->begin_capture(device.stream.handle()), ""));
  device.require(side.wait(device.stream));
  device.require(cuda::zero(side, right));
  device.require(cuda::zero(device.stream, left));
  if (joined) device.require(device.stream.wait(side));
  return device.driver->end_capture(device.stream.handle(), graph);
}

void graphs() {
  test("A graph does nothing when it is captured and all of it each time it is launched", [] {
    emulator::configure("loose=1,seed=3");
    EmulatedDevice device;
    cuda::Stream side(device.context);
    device.require(side.open());
    std::vector<float> ones(8, 1);
    float* memory = device.upload(ones);
    device.require(device.stream.synchronise());
    cuda::GraphHandle graph = nullptr;
    CHECK(capture(device, side, memory, true, &graph) == cuda::kSuccess);
    CHECK(device.download(memory, 8) == ones);
    for (int i = 0; i < 2; i++) {
      CHECK(device.driver->launch_graph(graph, device.stream.handle()) == cuda::kSuccess);
      CHECK(device.download(memory, 8) == std::vector<float>(8, 0));
      auto address = reinterpret_cast<cuda::Address>(memory);
      device.driver->copy_to_device(address, ones.data(), 32, device.stream.handle());
    }
    CHECK(device.driver->close_graph(graph) == cuda::kSuccess);
    CHECK(capture(device, side, memory, false, &graph) == cuda::kCaptureUnjoined);
    emulator::configure("loose=0,seed=1");
  });
}

void scratch() {
  test("A workspace grows while what is queued still has the smaller one, and zeroed memory is zero", [] {
    emulator::configure("loose=1,seed=3");
    EmulatedDevice device;
    auto* small = reinterpret_cast<float*>(device.stream.workspace(400));
    device::MatrixView view{small, 1, 100, 100};
    CHECK(cuda::zero(device.stream, view) == cuda::kOk);
    auto* large = reinterpret_cast<float*>(device.stream.workspace(10 << 20));
    CHECK(large != nullptr && large != small);
    CHECK(device.stream.workspace(1) == reinterpret_cast<uint8_t*>(large));
    CHECK(device.stream.synchronise() == cuda::kOk);
    auto* zeros = reinterpret_cast<int32_t*>(device.stream.zeroed(4000));
    CHECK(device.download(zeros, 1000) == std::vector<int32_t>(1000, 0));
    CHECK(device.stream.zeroed(8) == reinterpret_cast<uint8_t*>(zeros));
    emulator::configure("loose=0,seed=1");
  });
}

}  // namespace

int main() {
  memory();
  streams();
  graphs();
  scratch();
  return longcat::test::result();
}
